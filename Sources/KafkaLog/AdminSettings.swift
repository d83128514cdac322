internal import CRdkafka
import EventLog
import TopicPlans

extension Admin {
    /// Every setting in force for these topics; topics that do not exist are left out.
    func settings(
        of topics: [TopicName]
    ) throws(AdminFailure) -> [TopicName: [String: ActualTopic.Setting]] {
        guard !topics.isEmpty else { return [:] }
        var raw: [OpaquePointer?] = topics.map {
            rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, names.wire($0))
        }
        defer { for resource in raw { rd_kafka_ConfigResource_destroy(resource) } }
        return try ask(
            "topics' settings", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS,
            { rd_kafka_DescribeConfigs(handle.raw, &raw, raw.count, $0, $1) },
            answer: { event throws(AdminFailure) in
                var settings: [TopicName: [String: ActualTopic.Setting]] = [:]
                for resource in elements({ rd_kafka_DescribeConfigs_result_resources(event, $0) }) {
                    let code = Failure(rd_kafka_ConfigResource_error(resource))
                    if code.isUnknownPartition { continue }
                    settings[try name(of: resource)] = Self.settings(of: resource)
                }
                return settings
            })
    }

    /// Changes settings of a topic; the others that were set on it stay.
    ///
    /// The brokers' request that librdkafka 2.0 knows replaces all settings at once: what somebody
    /// else sets between the question and the order is reset.
    func set(_ changes: [String: String], on topic: TopicName) throws(AdminFailure) {
        guard let there = try settings(of: [topic])[topic] else {
            throw AdminFailure("topic \(topic)", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        }
        var union: [String: String] = [:]
        for (name, setting) in there where setting.isOwn && changes[name] == nil {
            guard let value = setting.value else {
                throw AdminFailure(
                    "topic \(topic)", RD_KAFKA_RESP_ERR_INVALID_CONFIG,
                    text: """
                        \(name) is secret, and any change would reset it: change settings with \
                        kafka-configs.sh
                        """)
            }
            union[name] = value
        }
        union.merge(changes) { $1 }
        let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, names.wire(topic))
        defer { rd_kafka_ConfigResource_destroy(resource) }
        for (name, value) in union {
            let code = rd_kafka_ConfigResource_set_config(resource, name, value)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw AdminFailure("topic \(topic), setting \(name)", code)
            }
        }
        var raw: [OpaquePointer?] = [resource]
        try ask(
            "topic \(topic)", RD_KAFKA_ADMIN_OP_ALTERCONFIGS,
            { rd_kafka_AlterConfigs(handle.raw, &raw, 1, $0, $1) },
            answer: { event throws(AdminFailure) in
                for resource in elements({ rd_kafka_AlterConfigs_result_resources(event, $0) }) {
                    _ = try name(of: resource)
                }
            })
        try wait("topic \(topic) was changed") { () throws(AdminFailure) in
            let now = try settings(of: [topic])[topic] ?? [:]
            return changes.allSatisfy { now[$0.key]?.value == $0.value }
        }
    }

    private func name(of resource: OpaquePointer) throws(AdminFailure) -> TopicName {
        let wire = String(cString: rd_kafka_ConfigResource_name(resource))
        let code = rd_kafka_ConfigResource_error(resource)
        guard let name = names.topic(wire), code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw AdminFailure(
                "topic \(names.topic(wire)?.rawValue ?? wire)", code,
                text: rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) })
        }
        return name
    }

    private static func settings(of resource: OpaquePointer) -> [String: ActualTopic.Setting] {
        var settings: [String: ActualTopic.Setting] = [:]
        for entry in elements({ rd_kafka_ConfigResource_configs(resource, $0) }) {
            settings[String(cString: rd_kafka_ConfigEntry_name(entry))] = .init(
                rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) },
                isOwn: rd_kafka_ConfigEntry_source(entry)
                    == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG)
        }
        return settings
    }
}
