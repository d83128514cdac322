/// One partition of a topic.
public struct TopicPartition: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The topic.
    public let topic: TopicName
    /// The partition's number, 0…count - 1.
    public let partition: Int

    /// Partition `partition` of `topic`.
    public init(_ topic: TopicName, _ partition: Int) {
        self.topic = topic
        self.partition = partition
    }

    /// `topic/partition`.
    public var description: String { "\(topic)/\(partition)" }

    /// By topic, then by number.
    public static func < (a: TopicPartition, b: TopicPartition) -> Bool {
        (a.topic, a.partition) < (b.topic, b.partition)
    }
}

/// Where a record lies: `trip-uploads/3@17` is offset 17 of partition 3 of `trip-uploads`.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    /// The partition.
    public let topicPartition: TopicPartition
    /// The record's number in its partition, from 0 upward, with gaps where records went.
    public let offset: Int64

    /// The record at `offset` of `topicPartition`.
    public init(_ topicPartition: TopicPartition, offset: Int64) {
        self.topicPartition = topicPartition
        self.offset = offset
    }

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), let at = text.firstIndex(of: "@"), slash < at,
            let topic = TopicName(String(text[..<slash])),
            let partition = Int(text[text.index(after: slash)..<at]), partition >= 0,
            let offset = Int64(text[text.index(after: at)...]), offset >= 0
        else { return nil }
        self.init(TopicPartition(topic, partition), offset: offset)
        // One position has one text: no signs, no zeros in front.
        guard description == text else { return nil }
    }

    /// `topic/partition@offset`, as `Tacho-Position` carries it.
    public var description: String { "\(topicPartition)@\(offset)" }
}
