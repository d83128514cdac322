public import Topics

/// What a file says that a topic, or the same topic of every version, is to be.
public struct TopicDefinition: Equatable, Sendable {
    /// What it is called.
    public var name: TopicPattern
    /// How many partitions it has, 1…10,000.
    public var partitions: Int
    /// How many replicas each partition has; nil leaves it to the cluster.
    public var replicas: Int?
    /// Its settings, by Kafka's names, as text.
    public var settings: [String: String]
    /// The cluster that it belongs on; nil where the file names none.
    public var clusterID: String?
    /// The file that says so, and the line: `topics/releases.yaml:2`.
    public var source: String

    /// A definition.
    public init(
        name: TopicPattern, partitions: Int, replicas: Int? = nil, settings: [String: String] = [:],
        clusterID: String? = nil, source: String
    ) {
        self.name = name
        self.partitions = partitions
        self.replicas = replicas
        self.settings = settings
        self.clusterID = clusterID
        self.source = source
    }

    /// The topics that are meant: one a version, or the one.
    public func topics(
        of versions: [Version], _ overrides: TopicOverrides = TopicOverrides()
    ) -> [DesiredTopic] {
        let names =
            name.isPerVersion
            ? versions.map { name.name(for: $0) } : [name.name(for: .first)]
        return names.map { topic in
            DesiredTopic(
                name: topic, partitions: overrides.partitions(of: self),
                replicas: overrides.replicas ?? replicas, settings: overrides.settings(of: self),
                isPerVersion: name.isPerVersion, source: source)
        }
    }
}
