public import EventLog

/// One setting of one topic, written `trip-uploads/retention.ms`.
public struct TopicSetting: Hashable, Sendable, CustomStringConvertible {
    /// The topic.
    public let topic: TopicName
    /// The setting, by Kafka's name.
    public let name: String

    /// A setting.
    public init(_ topic: TopicName, _ name: String) {
        self.topic = topic
        self.name = name
    }

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let topic = TopicName(String(parts[0])), !parts[1].isEmpty else {
            return nil
        }
        self.init(topic, String(parts[1]))
    }

    /// The topic, a slash and the setting.
    public var description: String { "\(topic)/\(name)" }

    static let cleanup = "cleanup.policy"
    static let retention = "retention.ms"
    static let retainedBytes = "retention.bytes"
    static let replicasInSync = "min.insync.replicas"

    /// The words of a list, such as `compact,delete`.
    static func words(_ value: String) -> Set<String> {
        Set(value.split(separator: ",").map { String($0.trimming) })
    }

    /// Whether two values of a setting mean the same.
    static func isSame(_ name: String, _ a: String, _ b: String) -> Bool {
        let (a, b) = (String(a.trimming), String(b.trimming))
        if a == b { return true }
        if name == cleanup { return words(a) == words(b) }
        if let a = Int64(a), let b = Int64(b) { return a == b }
        if let a = Double(a), let b = Double(b) { return a == b }
        return ["true", "false"].contains(a.lowercased()) && a.lowercased() == b.lowercased()
    }
}

extension StringProtocol {
    /// Without the spaces around it.
    fileprivate var trimming: SubSequence {
        let start = drop { $0 == " " }
        return start.lastIndex { $0 != " " }.map { start[...$0] } ?? start.prefix(0)
    }
}
