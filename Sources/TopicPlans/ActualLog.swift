public import EventLog

/// A log's topics as they are, and what the log is able to know of them.
public struct ActualLog: Equatable, Sendable {
    /// The cluster's id; nil for a log that is no cluster.
    public var clusterID: String?
    /// How many brokers there are; nil for a log that is no cluster.
    public var brokers: Int?
    /// The settings that mean something here; nil where all of Kafka's do.
    public var knownSettings: Set<String>?
    /// Its topics, by name.
    public var topics: [ActualTopic]

    /// A cluster.
    public init(clusterID: String, brokers: Int, topics: [ActualTopic]) {
        self.clusterID = clusterID
        self.brokers = brokers
        self.topics = topics
    }

    /// The embedded log: partitions, clean-up and retention are all it knows of a topic.
    public init(embedded topics: [TopicSpecification]) {
        knownSettings = [TopicSetting.cleanup, TopicSetting.retention]
        self.topics = topics.map { ActualTopic(embedded: $0) }
    }

    /// Whether it is a cluster, with replicas and all of Kafka's settings.
    public var isCluster: Bool { clusterID != nil }

    /// Refuses a cluster other than the one that is meant.
    ///
    /// - Parameter source: who means it: a file, or an option.
    public func mustBe(cluster wanted: String, source: String) throws(WrongCluster) {
        guard wanted == clusterID else {
            throw WrongCluster(has: clusterID, wanted: wanted, source: source)
        }
    }
}

extension ActualTopic {
    fileprivate init(embedded topic: TopicSpecification) {
        let retention = topic.retentionMilliseconds
        let policy =
            topic.isCompacted ? (retention == nil ? "compact" : "compact,delete") : "delete"
        self.init(
            name: topic.name, partitions: topic.partitions, replicas: 1,
            settings: [
                TopicSetting.cleanup: Setting(policy, isOwn: topic.isCompacted),
                TopicSetting.retention: Setting(String(retention ?? -1), isOwn: retention != nil),
            ])
    }
}

extension DesiredTopic {
    /// The same with what the embedded log makes of its settings: those that it does not know are
    /// left out, and ways to say the same are one.
    var asEmbedded: DesiredTopic {
        var topic = self
        topic.replicas = nil
        topic.settings = ActualTopic(embedded: TopicSpecification(self)).settings
            .compactMapValues(\.value).filter { settings[$0.key] != nil }
        return topic
    }
}

extension TopicSpecification {
    /// What the embedded log makes of a topic that the files want.
    public init(_ topic: DesiredTopic) {
        self.init(name: topic.name, partitions: topic.partitions)
        set(topic.settings)
    }

    /// Takes over what the embedded log knows of these settings.
    public mutating func set(_ settings: [String: String]) {
        let policies =
            settings[TopicSetting.cleanup].map(TopicSetting.words)
            ?? (isCompacted ? ["compact"] : ["delete"])
        isCompacted = policies.contains("compact")
        if let retention = settings[TopicSetting.retention].flatMap({ Int64($0) }) {
            retentionMilliseconds = retention < 0 ? nil : retention
        }
        // Without `delete` nothing goes for its age.
        if !policies.contains("delete") { retentionMilliseconds = nil }
    }
}
