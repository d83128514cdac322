internal import CRdkafka
import EventLog
import TopicPlans

extension Admin {
    /// A topic to be made.
    struct NewTopic {
        var name: TopicName
        var partitions: Int
        /// -1 leaves it to the cluster.
        var replicas: Int
        var config: [String: String] = [:]
    }

    /// Makes topics, and waits until the cluster knows them; those that exist stay as they are.
    ///
    /// - Returns: those that were made.
    @discardableResult
    func create(_ topics: [NewTopic]) throws(AdminFailure) -> Set<TopicName> {
        guard !topics.isEmpty else { return [] }
        var raw: [OpaquePointer?] = []
        defer { for topic in raw { rd_kafka_NewTopic_destroy(topic) } }
        for topic in topics { raw.append(try Self.raw(topic, names)) }
        let made: Set<TopicName> = try ask(
            "topics", RD_KAFKA_ADMIN_OP_CREATETOPICS,
            { rd_kafka_CreateTopics(handle.raw, &raw, raw.count, $0, $1) },
            answer: { event throws(AdminFailure) in
                var made: Set<TopicName> = []
                for result in elements({ rd_kafka_CreateTopics_result_topics(event, $0) }) {
                    let code = rd_kafka_topic_result_error(result)
                    if code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { continue }
                    made.insert(try name(of: result))
                }
                return made
            })
        for topic in topics {
            try wait("topic \(topic.name) was made") { () throws(AdminFailure) in
                try led().contains(topic.name)
            }
        }
        return made
    }

    /// Deletes topics with all that is in them; those that do not exist are passed over.
    func delete(_ topics: [TopicName]) throws(AdminFailure) {
        guard !topics.isEmpty else { return }
        var raw: [OpaquePointer?] = topics.map { rd_kafka_DeleteTopic_new(names.wire($0)) }
        defer { for topic in raw { rd_kafka_DeleteTopic_destroy(topic) } }
        try ask(
            "topics", RD_KAFKA_ADMIN_OP_DELETETOPICS,
            { rd_kafka_DeleteTopics(handle.raw, &raw, raw.count, $0, $1) },
            answer: { event throws(AdminFailure) in
                for result in elements({ rd_kafka_DeleteTopics_result_topics(event, $0) }) {
                    let code = rd_kafka_topic_result_error(result)
                    if Failure(code).isUnknownPartition { continue }
                    _ = try name(of: result)
                }
            })
        for topic in topics {
            try wait("topic \(topic) was deleted") { () throws(AdminFailure) in
                try !metadata().contains { $0.name == topic }
            }
        }
    }

    /// The installation's topics, by name.
    func topics() throws(AdminFailure) -> [ActualTopic] {
        let known = try metadata()
        let settings = try settings(of: known.map(\.name))
        // One that is gone between the two questions has no settings.
        return known.compactMap { topic in
            settings[topic.name].map {
                ActualTopic(
                    name: topic.name, partitions: topic.partitions.count,
                    replicas: topic.partitions.map(\.replicas).min() ?? 0, settings: $0)
            }
        }.sorted { $0.name < $1.name }
    }

    private struct Known {
        var name: TopicName
        var partitions: [(leader: Int32, replicas: Int)]
    }

    /// What any client learns of the installation's topics.
    private func metadata() throws(AdminFailure) -> [Known] {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.raw, 1, nil, &answer, milliseconds)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            throw failure("the cluster's topics", code)
        }
        defer { rd_kafka_metadata_destroy(answer) }
        return (0..<Int(answer.pointee.topic_cnt)).compactMap { index in
            let topic = answer.pointee.topics[index]
            guard topic.err == RD_KAFKA_RESP_ERR_NO_ERROR,
                let name = names.topic(String(cString: topic.topic))
            else { return nil }
            return Known(
                name: name,
                partitions: (0..<Int(topic.partition_cnt)).map {
                    let partition = topic.partitions[$0]
                    return (leader: partition.leader, replicas: Int(partition.replica_cnt))
                })
        }
    }

    /// The topics of which every partition has a leader.
    private func led() throws(AdminFailure) -> Set<TopicName> {
        Set(
            try metadata().filter { topic in
                !topic.partitions.isEmpty && topic.partitions.allSatisfy { $0.leader >= 0 }
            }.map(\.name))
    }

    /// The name in a result, unless it says that something went wrong.
    private func name(of result: OpaquePointer) throws(AdminFailure) -> TopicName {
        let wire = String(cString: rd_kafka_topic_result_name(result))
        let code = rd_kafka_topic_result_error(result)
        guard let name = names.topic(wire), code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw AdminFailure(
                "topic \(names.topic(wire)?.rawValue ?? wire)", code,
                text: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
        }
        return name
    }

    private static func raw(
        _ topic: NewTopic, _ names: Names
    ) throws(AdminFailure) -> OpaquePointer {
        var message = [CChar](repeating: 0, count: 512)
        guard
            let raw = rd_kafka_NewTopic_new(
                names.wire(topic.name), Int32(clamping: topic.partitions),
                Int32(clamping: topic.replicas), &message, message.count)
        else {
            throw AdminFailure(
                "topic \(topic.name)", RD_KAFKA_RESP_ERR__INVALID_ARG,
                text: text(message))
        }
        for (name, value) in topic.config {
            let code = rd_kafka_NewTopic_set_config(raw, name, value)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                rd_kafka_NewTopic_destroy(raw)
                throw AdminFailure("topic \(topic.name), setting \(name)", code)
            }
        }
        return raw
    }
}
