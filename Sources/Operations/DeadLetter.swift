public import EventLog
internal import Topics

/// A record of `dead-letters.vN` without its value: where it lies, where it came from and why.
public struct DeadLetter: Equatable, Sendable {
    /// Where the letter lies.
    public let position: Position
    /// When the log took it, in epoch milliseconds.
    public let timestampMilliseconds: Int64
    /// The record that could not be used; nil where the headers do not say.
    public let origin: Position?
    /// The first of the records that this one is a copy of: its origin, unless that was redriven.
    public let root: Position?
    /// Why, in one word.
    public let reason: String
    /// Why, in words.
    public let explanation: String
    /// The record's key as text: the trip.
    public let trip: String
    /// Bytes of the record that could not be used: its key, value and headers.
    public let size: Int
    /// Whether the letter holds the record; one that was too large is at its origin alone.
    public let isWhole: Bool

    /// Reads a record of `dead-letters.vN`.
    public init(_ record: Record) {
        position = record.position
        timestampMilliseconds = record.timestampMilliseconds
        trip = String(decoding: record.key, as: UTF8.self)
        reason = record.text(DeadLetterHeader.exception) ?? "unknown"
        explanation = record.text(DeadLetterHeader.message) ?? ""
        let origin = record.origin
        self.origin = origin
        root = origin.map { record.copied(at: $0) ?? $0 }
        let leftOut = record.text(TachoHeader.leftOut).flatMap { Int($0) }
        isWhole = leftOut == nil || record.value != nil || origin == nil
        let held = OriginalRecord(letter: record)
        size = isWhole ? held.size : leftOut ?? held.size
    }
}

extension Record {
    /// The last header of that name, as text.
    func text(_ name: String) -> String? {
        header(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first record of those that this one is a copy of; nil for one that is no copy.
    ///
    /// - Parameter position: where this one lies, or lay before it became a dead letter. A copy
    ///   lies behind what it is a copy of, in the same partition; a header that says otherwise is
    ///   not ours.
    func copied(at position: Position) -> Position? {
        guard let root = text(TachoHeader.redriveOf).flatMap({ Position($0) }),
            root.topicPartition == position.topicPartition, root.offset < position.offset
        else { return nil }
        return root
    }

    fileprivate var origin: Position? {
        guard let topic = text(DeadLetterHeader.topic), let name = TopicName(topic),
            let partition = text(DeadLetterHeader.partition).flatMap({ Int($0) }), partition >= 0,
            let offset = text(DeadLetterHeader.offset).flatMap({ Int64($0) }), offset >= 0
        else { return nil }
        return Position(TopicPartition(name, partition), offset: offset)
    }
}
