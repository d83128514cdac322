/// The name of a topic: 1…249 characters of `A-Z a-z 0-9 . _ -`, as Kafka allows.
public struct TopicName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String

    /// A topic name, or nil where Kafka would refuse it.
    public init?(_ rawValue: String) {
        let allowed = rawValue.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard allowed, (1...249).contains(rawValue.utf8.count), rawValue != ".", rawValue != ".."
        else { return nil }
        self.rawValue = rawValue
    }

    /// The name itself.
    public var description: String { rawValue }

    /// By the names' letters.
    public static func < (a: TopicName, b: TopicName) -> Bool { a.rawValue < b.rawValue }
}

/// What a topic is to be: its name, how it is split and how long its records stay.
public struct TopicSpecification: Equatable, Sendable {
    /// What the topic is called.
    public var name: TopicName
    /// How many partitions it has, 1…10,000; never changed once the topic exists.
    public var partitions: Int
    /// Whether only the last record of a key need be kept.
    public var isCompacted: Bool
    /// How long a record stays at least, in milliseconds; nil keeps it for ever.
    public var retentionMilliseconds: Int64?

    /// A topic whose records stay for ever, unless said otherwise.
    public init(
        name: TopicName, partitions: Int, isCompacted: Bool = false,
        retentionMilliseconds: Int64? = nil
    ) {
        self.name = name
        self.partitions = partitions
        self.isCompacted = isCompacted
        self.retentionMilliseconds = retentionMilliseconds
    }
}
