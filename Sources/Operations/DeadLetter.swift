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
    /// Bytes of the record's value; nil where it had none.
    public let size: Int?

    /// Reads a record of `dead-letters.vN`.
    public init(_ record: Record) {
        position = record.position
        timestampMilliseconds = record.timestampMilliseconds
        trip = String(decoding: record.key, as: UTF8.self)
        size = record.value?.count
        reason = record.text(DeadLetterHeader.exception) ?? "unknown"
        explanation = record.text(DeadLetterHeader.message) ?? ""
        origin = record.origin
        root = record.text(TachoHeader.redriveOf).flatMap { Position($0) } ?? origin
    }
}

extension Record {
    /// The last header of that name, as text.
    public func text(_ name: String) -> String? {
        header(name).map { String(decoding: $0, as: UTF8.self) }
    }

    fileprivate var origin: Position? {
        guard let topic = text(DeadLetterHeader.topic), let name = TopicName(topic),
            let partition = text(DeadLetterHeader.partition).flatMap({ Int($0) }), partition >= 0,
            let offset = text(DeadLetterHeader.offset).flatMap({ Int64($0) }), offset >= 0
        else { return nil }
        return Position(TopicPartition(name, partition), offset: offset)
    }

    /// What redriving this dead letter appends to the topic that it came from: its key, value and
    /// headers as they came, and where they come from; nil where the headers do not say.
    ///
    /// A copy of a copy names the first record of all, and only the last dead letter.
    public func redriven() -> NewRecord? {
        let letter = DeadLetter(self)
        guard let origin = letter.origin, let root = letter.root else { return nil }
        let own = [TachoHeader.redriveOf, TachoHeader.redriveDeadLetter]
        let original = headers.filter {
            !$0.name.hasPrefix(DeadLetterHeader.prefix) && !own.contains($0.name)
        }
        return NewRecord(
            to: origin.topicPartition, key: key, value: value,
            headers: original + [
                Header(TachoHeader.redriveOf, root.description),
                Header(TachoHeader.redriveDeadLetter, position.description),
            ])
    }
}
