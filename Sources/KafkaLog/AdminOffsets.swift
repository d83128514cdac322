internal import CRdkafka
import EventLog

extension Admin {
    /// The next offsets that a group has committed; partitions never committed are left out.
    func committed(group: String) throws(AdminFailure) -> [TopicPartition: Int64] {
        var raw: [OpaquePointer?] = [
            rd_kafka_ListConsumerGroupOffsets_new(names.wire(group), nil)
        ]
        defer { rd_kafka_ListConsumerGroupOffsets_destroy_array(&raw, raw.count) }
        return try ask(
            "group \(group)", RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
            { rd_kafka_ListConsumerGroupOffsets(handle.raw, &raw, raw.count, $0, $1) },
            answer: { event throws(AdminFailure) in
                let results = elements {
                    rd_kafka_ListConsumerGroupOffsets_result_groups(event, $0)
                }
                var offsets: [TopicPartition: Int64] = [:]
                for result in results {
                    for entry in try entries(of: result, group) where entry.offset >= 0 {
                        offsets[entry.topicPartition] = entry.offset
                    }
                }
                return offsets
            })
    }

    /// Moves a group without members to these next offsets.
    ///
    /// - Throws: `UNKNOWN_MEMBER_ID` where the group has members.
    func set(_ offsets: [TopicPartition: Int64], of group: String) throws(AdminFailure) {
        guard !offsets.isEmpty else { return }
        let list = PartitionList(offsets, names)
        var raw: [OpaquePointer?] = [
            list.pass { rd_kafka_AlterConsumerGroupOffsets_new(names.wire(group), $0) }
        ]
        defer { rd_kafka_AlterConsumerGroupOffsets_destroy_array(&raw, raw.count) }
        try ask(
            "group \(group)", RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS,
            { rd_kafka_AlterConsumerGroupOffsets(handle.raw, &raw, raw.count, $0, $1) },
            answer: { event throws(AdminFailure) in
                let results = elements {
                    rd_kafka_AlterConsumerGroupOffsets_result_groups(event, $0)
                }
                for result in results { _ = try entries(of: result, group) }
            })
    }

    /// The partitions in a result, unless it says that something went wrong with one.
    private func entries(
        of result: OpaquePointer, _ group: String
    ) throws(AdminFailure) -> [PartitionList.Entry] {
        if let error = rd_kafka_group_result_error(result),
            rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR
        {
            throw AdminFailure("group \(group)", error)
        }
        guard let list = rd_kafka_group_result_partitions(result) else { return [] }
        let entries = PartitionList.entries(of: list, names)
        for entry in entries {
            guard let error = entry.error else { continue }
            throw AdminFailure("group \(group), \(entry.topicPartition)", error.code)
        }
        return entries
    }
}
