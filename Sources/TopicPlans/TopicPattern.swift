public import EventLog
public import Topics

/// The name of a topic in a file: a topic's own, or `NAME.vN` for one topic a version.
public struct TopicPattern: Hashable, Sendable, CustomStringConvertible {
    /// As the file has it.
    public let description: String
    private let fixed: TopicName

    /// A name, or nil where Kafka would refuse it, or that of a version's topic.
    public init?(_ text: String) {
        guard let fixed = TopicName(text) else { return nil }
        guard !text.hasSuffix(Self.ending) || text.utf8.count <= Self.longest else { return nil }
        description = text
        self.fixed = fixed
    }

    /// Whether it stands for one topic a version.
    public var isPerVersion: Bool { description.hasSuffix(Self.ending) }

    /// The topic that is meant, of that version where there is one a version.
    public func name(for version: Version) -> TopicName {
        guard isPerVersion else { return fixed }
        guard let name = TopicName("\(stem)\(version)") else {
            preconditionFailure("\(stem)\(version) is too long for a topic's name")
        }
        return name
    }

    /// The version whose topic this is; nil where it is none of this pattern's topics.
    public func version(of topic: TopicName) -> Version? {
        guard isPerVersion, topic.rawValue.hasPrefix(stem) else { return nil }
        return Version(text: topic.rawValue.dropFirst(stem.count))
    }

    /// Whether the topic is one that this stands for.
    public func matches(_ topic: TopicName) -> Bool {
        topic == fixed && !isPerVersion || version(of: topic) != nil
    }

    /// Leaves room for the number of every version.
    private static let longest = 244
    private static let ending = ".vN"

    /// What comes before the version.
    private var stem: String { String(description.dropLast(2)) }
}
