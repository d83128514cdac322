public import EventLog

/// A topic as the files want it.
public struct DesiredTopic: Equatable, Sendable {
    /// What it is called.
    public var name: TopicName
    /// How many partitions it has, 1…10,000.
    public var partitions: Int
    /// How many replicas each partition has; nil leaves it to the cluster.
    public var replicas: Int?
    /// Its settings, by Kafka's names, as text.
    public var settings: [String: String]
    /// Whether every version has one.
    public var isPerVersion: Bool
    /// The file that says so.
    public var source: String

    /// A topic.
    public init(
        name: TopicName, partitions: Int, replicas: Int? = nil, settings: [String: String] = [:],
        isPerVersion: Bool = false, source: String = ""
    ) {
        self.name = name
        self.partitions = partitions
        self.replicas = replicas
        self.settings = settings
        self.isPerVersion = isPerVersion
        self.source = source
    }

    /// How many of its replicas must have a record before it is acknowledged, where it says.
    var replicasInSync: Int? { settings[TopicSetting.replicasInSync].flatMap { Int($0) } }
}
