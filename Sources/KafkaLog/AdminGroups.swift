internal import CRdkafka
import EventLog
import Glibc

extension Admin {
    /// The installation's groups with their members, by name.
    func groups() throws(AdminFailure) -> [GroupDescription] {
        try describe(groups: try groupNames())
    }

    /// The names of the installation's groups, in order.
    func groupNames() throws(AdminFailure) -> [String] {
        try ask(
            "groups", RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS,
            { rd_kafka_ListConsumerGroups(handle.raw, $0, $1) },
            answer: { event throws(AdminFailure) in
                let result = rd_kafka_event_ListConsumerGroups_result(event)
                // A broker that does not answer may know groups that no other does.
                let errors = elements { rd_kafka_ListConsumerGroups_result_errors(result, $0) }
                if let error = errors.first { throw AdminFailure("groups", error) }
                return elements { rd_kafka_ListConsumerGroups_result_valid(result, $0) }.compactMap
                {
                    names.group(String(cString: rd_kafka_ConsumerGroupListing_group_id($0)))
                }.sorted()
            })
    }

    /// These groups with their members, by name; those that do not exist are left out.
    func describe(groups: [String]) throws(AdminFailure) -> [GroupDescription] {
        guard !groups.isEmpty else { return [] }
        let wires = groups.map { strdup(names.wire($0)) }
        defer { for wire in wires { free(wire) } }
        var raw = wires.map { UnsafePointer($0) }
        return try ask(
            "groups", RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS,
            { rd_kafka_DescribeConsumerGroups(handle.raw, &raw, raw.count, $0, $1) },
            answer: { event throws(AdminFailure) in
                let result = rd_kafka_event_DescribeConsumerGroups_result(event)
                var found: [GroupDescription] = []
                for group in elements({
                    rd_kafka_DescribeConsumerGroups_result_groups(result, $0)
                }) {
                    if let group = try description(of: group) { found.append(group) }
                }
                return found.sorted { $0.name < $1.name }
            })
    }

    /// Deletes groups with their offsets; those that do not exist are passed over.
    func delete(groups: [String]) throws(AdminFailure) {
        guard !groups.isEmpty else { return }
        var raw: [OpaquePointer?] = groups.map { rd_kafka_DeleteGroup_new(names.wire($0)) }
        defer { for group in raw { rd_kafka_DeleteGroup_destroy(group) } }
        try ask(
            "groups", RD_KAFKA_ADMIN_OP_DELETEGROUPS,
            { rd_kafka_DeleteGroups(handle.raw, &raw, raw.count, $0, $1) },
            answer: { event throws(AdminFailure) in
                for result in elements({ rd_kafka_DeleteGroups_result_groups(event, $0) }) {
                    guard let error = rd_kafka_group_result_error(result),
                        rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND
                    else { continue }
                    let wire = String(cString: rd_kafka_group_result_name(result))
                    throw AdminFailure("group \(names.group(wire) ?? wire)", error)
                }
            })
    }

    private func description(of group: OpaquePointer) throws(AdminFailure) -> GroupDescription? {
        let wire = String(cString: rd_kafka_ConsumerGroupDescription_group_id(group))
        guard let name = names.group(wire) else { return nil }
        if let error = rd_kafka_ConsumerGroupDescription_error(group),
            rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR
        {
            if rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND { return nil }
            throw AdminFailure("group \(name)", error)
        }
        let state: String
        switch rd_kafka_ConsumerGroupDescription_state(group) {
        case RD_KAFKA_CONSUMER_GROUP_STATE_DEAD: return nil
        case RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY: state = "empty"
        case RD_KAFKA_CONSUMER_GROUP_STATE_STABLE: state = "stable"
        case RD_KAFKA_CONSUMER_GROUP_STATE_PREPARING_REBALANCE,
            RD_KAFKA_CONSUMER_GROUP_STATE_COMPLETING_REBALANCE:
            state = "rebalancing"
        default: state = "unknown"
        }
        let members = (0..<rd_kafka_ConsumerGroupDescription_member_count(group)).compactMap {
            rd_kafka_ConsumerGroupDescription_member(group, $0).map { member(of: $0) }
        }
        return GroupDescription(
            name: name, state: state, members: members.sorted { $0.name < $1.name })
    }

    /// A member, by the name it keeps over restarts where it has one.
    private func member(of member: OpaquePointer) -> GroupDescription.Member {
        let instance = rd_kafka_MemberDescription_group_instance_id(member)
        let name = instance ?? rd_kafka_MemberDescription_consumer_id(member)
        let held = rd_kafka_MemberAssignment_partitions(
            rd_kafka_MemberDescription_assignment(member))
        return GroupDescription.Member(
            name: name.map { String(cString: $0) } ?? "",
            host: rd_kafka_MemberDescription_host(member).map { String(cString: $0) } ?? "",
            partitions: held.map {
                PartitionList.entries(of: $0, names).map(\.topicPartition).sorted()
            } ?? [])
    }
}
