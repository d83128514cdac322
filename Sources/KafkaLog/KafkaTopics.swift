public import EventLog
import TopicPlans

extension KafkaLog {
    /// Makes the topics that do not exist yet, with the installation's number of replicas.
    public func create(_ topics: [TopicSpecification]) async throws(LogError) {
        let replicas = options.replicas
        try await ask { cluster throws(LogError) in
            var missing: [TopicName: TopicSpecification] = [:]
            for topic in topics {
                let known = try cluster.count(of: topic.name) ?? missing[topic.name]?.partitions
                if let known, known != topic.partitions {
                    throw .partitionsDiffer(
                        topic: topic.name, has: known, wanted: topic.partitions)
                }
                if known == nil { missing[topic.name] = topic }
            }
            guard !missing.isEmpty else { return }
            do throws(AdminFailure) {
                try cluster.admin.create(
                    missing.values.sorted { $0.name < $1.name }.map {
                        Admin.NewTopic(
                            name: $0.name, partitions: $0.partitions, replicas: replicas,
                            config: $0.config)
                    })
            } catch {
                throw error.logError
            }
        }
    }

    /// The installation's topics, by name.
    public func topics() async throws(LogError) -> [TopicSpecification] {
        try await administer { admin throws(AdminFailure) in
            try admin.topics().map { topic in
                let policy = topic.settings["cleanup.policy"]?.value ?? ""
                let retention = topic.settings["retention.ms"].flatMap { Int64($0.value ?? "") }
                return TopicSpecification(
                    name: topic.name, partitions: topic.partitions,
                    isCompacted: policy.contains("compact"),
                    retentionMilliseconds: retention.flatMap { $0 < 0 ? nil : $0 })
            }
        }
    }

    /// The next offsets that a group has committed.
    public func committed(group: String) async throws(LogError) -> [TopicPartition: Int64] {
        try await administer { admin throws(AdminFailure) in try admin.committed(group: group) }
    }

    /// The installation's groups, by name.
    public func groups() async throws(LogError) -> [GroupDescription] {
        try await administer { admin throws(AdminFailure) in try admin.groups() }
    }

    /// Asks the cluster's administration on a thread that may block.
    func administer<T: Sendable>(
        _ body: @escaping @Sendable (Admin) throws(AdminFailure) -> T
    ) async throws(LogError) -> T {
        try await ask { cluster throws(LogError) in
            do throws(AdminFailure) { return try body(cluster.admin) } catch {
                throw error.logError
            }
        }
    }
}

extension TopicSpecification {
    /// The topic's configuration on a cluster.
    fileprivate var config: [String: String] {
        [
            "cleanup.policy": isCompacted ? "compact" : "delete",
            "retention.ms": String(retentionMilliseconds ?? -1),
        ]
    }
}
