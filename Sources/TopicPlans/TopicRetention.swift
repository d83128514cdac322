public import EventLog

/// How long a topic's records stay: what is gone cannot be replayed.
public struct TopicRetention: Equatable, Sendable, CustomStringConvertible {
    /// The topic.
    public var topic: TopicName
    /// The clean-up policy's words; none where nothing tells.
    public var policy: Set<String>
    /// The age at which records may go, in milliseconds; negative for never, nil where the cluster
    /// decides.
    public var milliseconds: Int64?
    /// Bytes of a partition beyond which its oldest records may go; negative or nil for never.
    public var bytes: Int64?

    /// What a topic keeps once it is as wanted.
    init(of topic: DesiredTopic, _ there: ActualTopic?, isCluster: Bool) {
        func value(_ name: String) -> String? {
            topic.settings[name] ?? there?.settings[name]?.value
        }
        self.topic = topic.name
        policy = TopicSetting.words(value(TopicSetting.cleanup) ?? (isCluster ? "" : "delete"))
        milliseconds =
            value(TopicSetting.retention).flatMap { Int64($0) } ?? (isCluster ? nil : -1)
        bytes = value(TopicSetting.retainedBytes).flatMap { Int64($0) }
    }

    /// Whether every record, or the last one of every key, stays for ever.
    public var isEndless: Bool {
        policy == ["compact"] || !policy.isEmpty && (milliseconds ?? 0) < 0 && (bytes ?? -1) < 0
    }

    /// What stays and for how long, in words.
    public var description: String {
        let what = policy.contains("compact") ? "the last record of a key" : "every record"
        guard !isEndless else { return "\(what), for ever" }
        guard !policy.isEmpty, let milliseconds else {
            return "as long as the cluster says: name retention.ms and cleanup.policy"
        }
        var limits: [String] = []
        if milliseconds >= 0 { limits.append(Self.words(milliseconds)) }
        if let bytes, bytes >= 0 { limits.append("\(bytes) bytes a partition") }
        return "\(what), \(limits.joined(separator: " or ")); what is gone cannot be replayed"
    }

    /// A length of time in the largest unit that it is a whole number of.
    static func words(_ milliseconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (1_000, "s")]
        guard let (size, name) = units.first(where: { milliseconds.isMultiple(of: $0.0) }),
            milliseconds > 0
        else { return "\(milliseconds) ms" }
        return "\(milliseconds / size) \(name)"
    }
}
