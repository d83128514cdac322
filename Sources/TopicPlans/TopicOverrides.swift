/// What an installation has otherwise than the files say.
public struct TopicOverrides: Equatable, Sendable {
    /// Partitions of every topic that has more than one.
    public var partitions: Int?
    /// Replicas of every topic.
    public var replicas: Int?

    /// As the files say, unless said otherwise.
    public init(partitions: Int? = nil, replicas: Int? = nil) {
        self.partitions = partitions
        self.replicas = replicas
    }

    /// A topic of one partition has one for the sake of its order, and keeps it.
    func partitions(of definition: TopicDefinition) -> Int {
        definition.partitions == 1 ? 1 : partitions ?? definition.partitions
    }

    /// More replicas in sync than there are would let nothing be appended.
    func settings(of definition: TopicDefinition) -> [String: String] {
        var settings = definition.settings
        let name = TopicSetting.replicasInSync
        if let replicas, let wanted = settings[name].flatMap({ Int($0) }), wanted > replicas {
            settings[name] = String(replicas)
        }
        return settings
    }
}
