public import EventLog

/// Everything that came of one upload that a version could not use: the letters, and the copies
/// that were sent after it.
public struct DeadLetterOrigin: Equatable, Sendable {
    /// How it stands.
    public enum State: String, Sendable, CaseIterable {
        /// It is still to be redriven.
        case open
        /// A copy was appended, and the group is still to come to it.
        case waiting
        /// The group has passed the last copy without another letter.
        case redriven
    }

    /// The upload; the letter itself where its headers do not say.
    public let position: Position
    /// Its dead letters, the last one last: one a copy that failed again.
    public let letters: [DeadLetter]
    /// Where its copies lie, by offset, as far as they were looked for.
    public private(set) var copies: [Position] = []
    /// How it stands.
    public private(set) var state = State.open

    /// The last letter: the one that a redrive is of.
    public var last: DeadLetter { letters[letters.count - 1] }

    /// The letters sorted by where they first came from, by partition and offset.
    public static func group(_ letters: [DeadLetter]) -> [DeadLetterOrigin] {
        Dictionary(grouping: letters) { $0.root ?? $0.position }
            .map { root, letters in
                DeadLetterOrigin(
                    position: root,
                    letters: letters.sorted { $0.order < $1.order })
            }
            .sorted { $0.position.order < $1.position.order }
    }

    private init(position: Position, letters: [DeadLetter]) {
        self.position = position
        self.letters = letters
    }

    /// Takes in which copies there are, and how far the group has come.
    ///
    /// A copy before the last record that failed says nothing: that record is such a copy, or
    /// came after it.
    ///
    /// - Parameters:
    ///   - copies: read after the letters.
    ///   - committed: the group's next offsets, asked for before the letters were read: else a copy
    ///     that failed in between would pass for one that went through.
    public mutating func know(copies: [Position], committed: [TopicPartition: Int64]) {
        self.copies = copies.sorted { $0.order < $1.order }
        guard let failed = last.origin,
            let copy = self.copies.last(where: { $0.order > failed.order })
        else {
            state = .open
            return
        }
        state = copy.isBefore(committed) ? .redriven : .waiting
    }

    /// Whether a position names it: the upload, a copy that failed, or a letter.
    public func isNamed(by named: Position) -> Bool {
        position == named
            || letters.contains { $0.position == named || $0.origin == named }
    }
}

extension Position {
    /// By partition, then by offset.
    var order: (TopicPartition, Int64) { (topicPartition, offset) }

    /// Whether somebody who has come so far has passed it.
    func isBefore(_ next: [TopicPartition: Int64]) -> Bool { next[topicPartition] ?? 0 > offset }
}

extension DeadLetter {
    /// By the record that failed, then by the letter's own place.
    fileprivate var order: (TopicPartition, Int64, Int64) {
        ((origin ?? position).topicPartition, (origin ?? position).offset, position.offset)
    }
}
