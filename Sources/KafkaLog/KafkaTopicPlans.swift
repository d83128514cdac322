public import EventLog
public import TopicPlans

extension KafkaLog {
    /// The cluster and the installation's topics, with every setting in force.
    public func survey() async throws(LogError) -> ActualLog {
        try await administer { admin throws(AdminFailure) in
            ActualLog(
                clusterID: try admin.clusterID(), brokers: try admin.brokers(),
                topics: try admin.topics())
        }
    }

    /// Makes topics as files want them; those that exist stay as they are.
    public func make(_ topics: [DesiredTopic]) async throws(LogError) {
        let replicas = options.replicas
        try await administer { admin throws(AdminFailure) in
            _ = try admin.create(
                topics.map {
                    Admin.NewTopic(
                        name: $0.name, partitions: $0.partitions,
                        replicas: $0.replicas ?? replicas, config: $0.settings)
                })
        }
    }

    /// Changes settings of a topic, all at once; its other settings stay.
    public func change(_ settings: [String: String], of topic: TopicName) async throws(LogError) {
        try await administer { admin throws(AdminFailure) in try admin.set(settings, on: topic) }
    }
}
