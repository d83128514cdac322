import EventLog

let fencingChecks: [LogCheck] = [
    LogCheck("a new session of the same member takes over at once and fences the old") { under in
        let input = TopicPartition(try await under.topic("in"), 0)
        let output = TopicPartition(try await under.topic("out"), 0)
        try await under.append(["a", "b"], to: input)
        let old = try await under.join([input.topic])
        _ = try await under.assigned(old)
        _ = try await under.poll(old, count: 2)
        _ = try await old.commit(outputs: [record("A", to: output)], offsets: [input: 1])
        let again = try await under.openAgain()
        let new = try await under.join([input.topic], log: again)
        try expectEqual(try await under.assigned(new), [input: 1])
        try await expectFenced(under) {
            try await old.commit(outputs: [record("B", to: output)], offsets: [input: 2])
        }
        try await expectFenced(under) { try await old.poll(limit: ReadLimit(), wait: .zero) }
        try await expectFenced(under) { try await old.rewind(to: [input: 0]) }
        try expectEqual(texts(try await under.all(output)), ["A"])
        try expectEqual(try await under.log.committed(group: under.prefix + "g"), [input: 1])
        _ = try await under.poll(new, count: 1)
        _ = try await new.commit(outputs: [record("B", to: output)], offsets: [input: 2])
        try expectEqual(texts(try await under.all(output)), ["A", "B"])
        await old.leave()
        _ = try await new.commit(outputs: [], offsets: [input: 2])
        await new.leave()
        await again.close()
    },
    LogCheck("a poll that waits learns at once that it is fenced") { under in
        let topic = try await under.topic()
        let old = try await under.join([topic])
        _ = try await under.assigned(old)
        async let polled = old.poll(limit: ReadLimit(), wait: .seconds(30))
        let start = ContinuousClock.now
        let new = try await under.join([topic])
        _ = try await under.assigned(new)
        do {
            let poll = try await polled
            throw CheckFailure(description: "found \(poll), wanted fenced")
        } catch LogError.fenced {}
        try expect(ContinuousClock.now - start < .seconds(15), "learned late")
        await new.leave()
    },
    LogCheck("another member is refused while the first is alive, where one is allowed") { under in
        guard !under.allowsSeveralMembers else { return }
        let topic = try await under.topic()
        let first = try await under.join([topic], member: "one")
        let again = try await under.openAgain()
        for log in [under.log, again] {
            try await expectError(.groupTaken(group: under.prefix + "g", holder: "one")) {
                try await under.join([topic], member: "two", log: log)
            }
        }
        _ = try await under.assigned(first)
        await first.leave()
        let second = try await under.join([topic], member: "two", log: again)
        _ = try await under.assigned(second)
        try await expectError(.groupTaken(group: under.prefix + "g", holder: "two")) {
            try await under.join([topic], member: "one")
        }
        await second.leave()
        await again.close()
    },
    LogCheck("a member that has left is of no use") { under in
        let partition = TopicPartition(try await under.topic(), 0)
        let member = try await under.join([partition.topic])
        _ = try await under.assigned(member)
        await member.leave()
        await member.leave()
        try await expectFenced(under) {
            try await member.commit(outputs: [], offsets: [partition: 0])
        }
        try await expectFenced(under) { try await member.poll(limit: ReadLimit(), wait: .zero) }
    },
]

private func expectFenced<T>(
    _ under: LogUnderTest, file: String = #fileID, line: Int = #line, _ body: () async throws -> T
) async throws {
    try await expectError(.fenced(group: under.prefix + "g"), file: file, line: line, body)
}
