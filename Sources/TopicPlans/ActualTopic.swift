public import EventLog

/// A topic as the cluster has it.
public struct ActualTopic: Equatable, Sendable {
    /// One setting of the topic.
    public struct Setting: Equatable, Sendable {
        /// Its value; nil where the cluster does not tell it, because it is a secret.
        public var value: String?
        /// Whether it was set on the topic itself, rather than on the brokers or nowhere.
        public var isOwn: Bool

        /// A setting.
        public init(_ value: String?, isOwn: Bool) {
            self.value = value
            self.isOwn = isOwn
        }
    }

    /// What the topic is called, without the installation's prefix.
    public var name: TopicName
    /// How many partitions it has.
    public var partitions: Int
    /// How many replicas each partition has, at least.
    public var replicas: Int
    /// Every setting that is in force, by its name.
    public var settings: [String: Setting]

    /// A topic.
    public init(
        name: TopicName, partitions: Int, replicas: Int, settings: [String: Setting] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicas = replicas
        self.settings = settings
    }
}
