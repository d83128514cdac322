import EventLog

let groupChecks: [LogCheck] = [
    LogCheck("the first poll assigns every partition, from the first offset kept") { under in
        let topic = try await under.topic(partitions: 3)
        try await under.append(["x"], to: TopicPartition(topic, 1))
        let member = try await under.join([topic])
        try expectEqual(
            try await under.assigned(member),
            Dictionary(uniqueKeysWithValues: (0..<3).map { (TopicPartition(topic, $0), 0) }))
        await member.leave()
    },
    LogCheck("polls go on where the last one ended") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let wanted = (0..<25).map { "\($0)" }
        try await under.append(wanted, to: partition)
        let member = try await under.join([partition.topic])
        _ = try await under.assigned(member)
        let found = try await under.poll(member, count: 25, limit: ReadLimit(records: 7))
        try expectEqual(texts(found), wanted)
        try expectEqual(try await under.poll(member, count: 0), [])
        await member.leave()
    },
    LogCheck("a poll that waits is woken by an append") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let member = try await under.join([partition.topic])
        _ = try await under.assigned(member)
        async let polled = member.poll(limit: ReadLimit(), wait: .seconds(30))
        try await under.append(["x"], to: partition)
        guard case .records(let found) = try await polled else {
            throw CheckFailure(description: "no records")
        }
        try expectEqual(texts(found), ["x"])
        await member.leave()
    },
    LogCheck("outputs and offsets are committed together") { under in
        let input = TopicPartition(try await under.topic("in"), 0)
        let output = TopicPartition(try await under.topic("out", partitions: 2), 1)
        try await under.append(["a", "b"], to: input)
        let member = try await under.join([input.topic])
        _ = try await under.assigned(member)
        _ = try await under.poll(member, count: 2)
        try expectEqual(try await under.log.committed(group: under.prefix + "g"), [:])
        let positions = try await member.commit(
            outputs: [record("A", to: output), record("B", to: output)], offsets: [input: 1])
        try expectEqual(positions.map(\.topicPartition), [output, output])
        try expect(positions[0].offset < positions[1].offset, "\(positions)")
        try expectEqual(try await under.log.committed(group: under.prefix + "g"), [input: 1])
        try expectEqual(texts(try await under.all(output)), ["A", "B"])
        _ = try await member.commit(outputs: [], offsets: [input: 2])
        try expectEqual(try await under.log.committed(group: under.prefix + "g"), [input: 2])
        await member.leave()
    },
    LogCheck("a commit with a bad output commits nothing") { under in
        let input = TopicPartition(try await under.topic("in"), 0)
        let output = TopicPartition(try await under.topic("out"), 0)
        let nowhere = TopicPartition(output.topic, 5)
        try await under.append(["a"], to: input)
        let member = try await under.join([input.topic])
        _ = try await under.assigned(member)
        _ = try await under.poll(member, count: 1)
        try await expectError(.unknownPartition(nowhere)) {
            try await member.commit(
                outputs: [record("A", to: output), record("B", to: nowhere)], offsets: [input: 1])
        }
        try expectEqual(try await under.all(output), [])
        try expectEqual(try await under.log.committed(group: under.prefix + "g"), [:])
        await member.leave()
    },
    LogCheck("a rewind goes back to any offset, and nothing of it is committed") { under in
        let topic = try await under.topic(partitions: 2)
        let partition = TopicPartition(topic, 0)
        try await under.append(["a", "b", "c"], to: partition)
        let member = try await under.join([topic])
        _ = try await under.assigned(member)
        _ = try await under.poll(member, count: 3)
        try await member.rewind(to: [partition: 1])
        try expectEqual(texts(try await under.poll(member, count: 2)), ["b", "c"])
        try await member.rewind(to: [partition: 2])
        try expectEqual(texts(try await under.poll(member, count: 1)), ["c"])
        try expectEqual(try await under.log.committed(group: under.prefix + "g"), [:])
        await member.leave()
    },
    LogCheck("a session after another begins at the offsets committed") { under in
        let topic = try await under.topic(partitions: 2)
        let (p0, p1) = (TopicPartition(topic, 0), TopicPartition(topic, 1))
        try await under.append(["a", "b", "c"], to: p0)
        let first = try await under.join([topic])
        _ = try await under.assigned(first)
        _ = try await under.poll(first, count: 3)
        _ = try await first.commit(outputs: [], offsets: [p0: 2])
        await first.leave()
        let second = try await under.join([topic])
        try expectEqual(try await under.assigned(second), [p0: 2, p1: 0])
        try expectEqual(texts(try await under.poll(second, count: 1)), ["c"])
        await second.leave()
    },
    LogCheck("offsets committed are there when the log is opened again") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        try await under.append(["a", "b"], to: partition)
        let member = try await under.join([partition.topic])
        _ = try await under.assigned(member)
        _ = try await under.poll(member, count: 2)
        _ = try await member.commit(outputs: [], offsets: [partition: 2])
        await member.leave()
        await under.log.close()
        let again = try await under.openAgain()
        try expectEqual(try await again.committed(group: under.prefix + "g"), [partition: 2])
        await again.close()
    },
    LogCheck("groups know nothing of each other") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        try await under.append(["a"], to: partition)
        let one = try await under.join([partition.topic])
        let other = try await under.join([partition.topic], group: "h")
        _ = try await under.assigned(one)
        _ = try await under.poll(one, count: 1)
        _ = try await one.commit(outputs: [], offsets: [partition: 1])
        try expectEqual(try await under.assigned(other), [partition: 0])
        try expectEqual(try await under.log.committed(group: under.prefix + "h"), [:])
        await one.leave()
        await other.leave()
    },
    LogCheck("a paused partition brings nothing until it is resumed, and then all of it") { under in
        let topic = try await under.topic(partitions: 2)
        let (p0, p1) = (TopicPartition(topic, 0), TopicPartition(topic, 1))
        try await under.append(["a", "b", "c"], to: p0)
        try await under.append(["x"], to: p1)
        let member = try await under.join([topic])
        _ = try await under.assigned(member)
        try await member.pause([p0])
        try expectEqual(texts(try await under.poll(member, count: 1)), ["x"])
        try await under.append(["d"], to: p0)
        try await under.append(["y"], to: p1)
        try expectEqual(texts(try await under.poll(member, count: 1)), ["y"])
        try expectEqual(try await under.poll(member, count: 0), [])
        try await member.rewind(to: [p0: 1])
        try await member.resume([p0])
        try expectEqual(texts(try await under.poll(member, count: 3)), ["b", "c", "d"])
        await member.leave()
    },
    LogCheck("what a reader outside any group has read can be noted and is listed") { under in
        let topic = try await under.topic(partitions: 2)
        let (p0, p1) = (TopicPartition(topic, 0), TopicPartition(topic, 1))
        try await under.append(["a", "b"], to: p0)
        let group = under.prefix + "mirror"
        try await under.log.note([p0: 2, p1: 0], readBy: group)
        try expectEqual(try await under.log.committed(group: group), [p0: 2, p1: 0])
        try await under.log.note([p0: 1], readBy: group)
        try expectEqual(try await under.log.committed(group: group), [p0: 1, p1: 0])
        let found = try await under.log.groups().first { $0.name == group }
        try expectEqual(found, GroupDescription(name: group, state: "empty", members: []))
    },
    LogCheck("a group is listed with its member, and nothing is noted over it") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let member = try await under.join([partition.topic])
        _ = try await under.assigned(member)
        let group = under.prefix + "g"
        let found = try await under.log.groups().first { $0.name == group }
        try expectEqual(found?.state, "stable")
        try expectEqual(found?.members.map(\.name), ["m"])
        try await expectError(.groupTaken(group: group, holder: "m")) {
            try await under.log.note([partition: 0], readBy: group)
        }
        await member.leave()
    },
    LogCheck("joining for a topic that is not there is refused") { under in
        let nowhere = TopicName(under.prefix + "nowhere")!
        try await expectError(.unknownPartition(TopicPartition(nowhere, 0))) {
            try await under.join([nowhere])
        }
    },
]

extension LogUnderTest {
    func join(
        _ topics: [TopicName], group: String = "g", member: String = "m",
        log: (any EventLog)? = nil
    ) async throws -> any GroupMember {
        try await (log ?? self.log).join(group: prefix + group, topics: topics, member: member)
    }

    /// Polls until the assignment comes.
    func assigned(_ member: any GroupMember) async throws -> [TopicPartition: Int64] {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if case .assigned(let offsets) = try await member.poll(
                limit: ReadLimit(), wait: .seconds(1))
            {
                return offsets
            }
        }
        throw CheckFailure(description: "never assigned")
    }

    /// Polls until that many records have come; one poll in vain for none.
    func poll(
        _ member: any GroupMember, count: Int, limit: ReadLimit = ReadLimit()
    ) async throws -> [Record] {
        let deadline = ContinuousClock.now + .seconds(60)
        var records: [Record] = []
        repeat {
            let poll = try await member.poll(
                limit: limit, wait: count == 0 ? .milliseconds(50) : .seconds(1))
            guard case .records(let more) = poll else {
                throw CheckFailure(description: "found \(poll), wanted records")
            }
            try expect(more.count <= limit.records, "\(more.count) records in one poll")
            records += more
        } while records.count < count && ContinuousClock.now < deadline
        try expectEqual(records.count, count)
        return records
    }
}
