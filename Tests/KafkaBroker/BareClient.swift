import CRdkafka

/// A client of librdkafka with nothing of the product in it.
final class BareClient {
    private let raw: OpaquePointer

    init(_ addresses: String) throws {
        let conf = rd_kafka_conf_new()
        var message = [CChar](repeating: 0, count: 512)
        for (name, value) in [("bootstrap.servers", addresses), ("log_level", "0")] {
            rd_kafka_conf_set(conf, name, value, &message, message.count)
        }
        guard let raw = rd_kafka_new(RD_KAFKA_PRODUCER, conf, &message, message.count) else {
            rd_kafka_conf_destroy(conf)
            throw Broker.Unreachable(addresses: addresses)
        }
        self.raw = raw
    }

    deinit { rd_kafka_destroy(raw) }

    /// The names of all topics, or nil where no broker answers in time.
    func topics(milliseconds: Int32) -> [String]? {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        guard
            rd_kafka_metadata(raw, 1, nil, &metadata, milliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let metadata
        else { return nil }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard metadata.pointee.broker_cnt > 0 else { return nil }
        return (0..<Int(metadata.pointee.topic_cnt)).map {
            String(cString: metadata.pointee.topics[$0].topic)
        }
    }

    /// The names of all groups.
    func groups() -> [String] {
        var list: UnsafePointer<rd_kafka_group_list>?
        guard rd_kafka_list_groups(raw, nil, &list, 10_000) == RD_KAFKA_RESP_ERR_NO_ERROR, let list
        else { return [] }
        defer { rd_kafka_group_list_destroy(list) }
        return (0..<Int(list.pointee.group_cnt)).map {
            String(cString: list.pointee.groups[$0].group)
        }
    }

    /// Produces a value at a time of its own, and waits until the broker has it.
    func produce(
        _ value: [UInt8], to topic: String, partition: Int, milliseconds: Int64
    ) -> Bool {
        var value = value
        let error = value.withUnsafeMutableBytes { bytes in
            topic.withCString { name in
                var parts = [rd_kafka_vu_t](repeating: rd_kafka_vu_t(), count: 5)
                parts[0].vtype = RD_KAFKA_VTYPE_TOPIC
                parts[0].u.cstr = name
                parts[1].vtype = RD_KAFKA_VTYPE_PARTITION
                parts[1].u.i32 = Int32(partition)
                parts[2].vtype = RD_KAFKA_VTYPE_VALUE
                parts[2].u.mem.ptr = bytes.baseAddress
                parts[2].u.mem.size = bytes.count
                parts[3].vtype = RD_KAFKA_VTYPE_TIMESTAMP
                parts[3].u.i64 = milliseconds
                parts[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS
                parts[4].u.i = RD_KAFKA_MSG_F_COPY
                return rd_kafka_produceva(raw, &parts, parts.count)
            }
        }
        guard error == nil else {
            rd_kafka_error_destroy(error)
            return false
        }
        return rd_kafka_flush(raw, 10_000) == RD_KAFKA_RESP_ERR_NO_ERROR
    }

    func delete(topics: [String]) {
        var raw: [OpaquePointer?] = topics.map { rd_kafka_DeleteTopic_new($0) }
        defer { for topic in raw { rd_kafka_DeleteTopic_destroy(topic) } }
        awaitAnswer { rd_kafka_DeleteTopics(self.raw, &raw, raw.count, nil, $0) }
    }

    func delete(groups: [String]) {
        var raw: [OpaquePointer?] = groups.map { rd_kafka_DeleteGroup_new($0) }
        defer { for group in raw { rd_kafka_DeleteGroup_destroy(group) } }
        awaitAnswer { rd_kafka_DeleteGroups(self.raw, &raw, raw.count, nil, $0) }
    }

    private func awaitAnswer(_ ask: (OpaquePointer?) -> Void) {
        let queue = rd_kafka_queue_new(raw)
        defer { rd_kafka_queue_destroy(queue) }
        ask(queue)
        if let event = rd_kafka_queue_poll(queue, 10_000) { rd_kafka_event_destroy(event) }
    }
}

extension Broker {
    /// Appends a value as a client does whose clock stands at this time, in milliseconds since 1970.
    public static func append(
        _ value: [UInt8], to topic: String, partition: Int, at time: Int64
    ) throws {
        let broker = try shared()
        let isThere = try BareClient(broker.addresses).produce(
            value, to: topic, partition: partition, milliseconds: time)
        guard isThere else { throw Unreachable(addresses: broker.addresses) }
    }
}

/// A cluster that somebody else runs.
enum ForeignCluster {
    /// Deletes what this process made.
    static func clean(_ addresses: String) {
        guard let client = try? BareClient(addresses) else { return }
        let topics = (client.topics(milliseconds: 10_000) ?? []).filter {
            $0.hasPrefix(Broker.processPrefix)
        }
        if !topics.isEmpty { client.delete(topics: topics) }
        let groups = client.groups().filter { $0.hasPrefix(Broker.processPrefix) }
        if !groups.isEmpty { client.delete(groups: groups) }
    }
}
