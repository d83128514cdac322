import EventLog
import KafkaBroker
import KafkaLog
import Testing

/// Several members of one group, at least once: on the mock, or on the cluster that is named.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TakeoverTests {
    @Test func `members share the partitions, and who is left takes over those of one that ends`()
        async throws
    {
        let mock = try MockLog(partitions: 4) { options in
            options.delivery = .atLeastOnce
            options.sessionTimeout = .seconds(6)
        }
        let first = Holder(try await mock.log.join(group: "g", topics: [mock.input], member: "a"))
        try await Holder.wait([first]) { first.held.count == 4 }
        let second = Holder(try await mock.log.join(group: "g", topics: [mock.input], member: "b"))
        try await Holder.wait([first, second]) { first.held.count == 2 && second.held.count == 2 }
        #expect(first.held.isDisjoint(with: second.held))
        // A static member that ends does not leave: its partitions wait for it, for so long.
        await first.member.leave()
        try await Holder.wait([second]) { second.held.count == 4 }
        await second.member.leave()
        await mock.log.close()
    }

    @Test func `a member that has not been given anything yet can leave`() async throws {
        let mock = try MockLog(partitions: 4) { $0.delivery = .atLeastOnce }
        // The coordinator makes members wait for some seconds for others: all these leave before,
        // after their requests to join were answered or while those wait.
        for milliseconds in stride(from: 0, through: 3_600, by: 400) {
            let member = try await mock.log.join(group: "g", topics: [mock.input], member: "a")
            _ = try await member.poll(limit: ReadLimit(), wait: .milliseconds(milliseconds))
            await member.leave()
        }
        await mock.log.close()
    }

    @Test func `a slow member keeps its partitions`() async throws {
        let mock = try MockLog(partitions: 2) { options in
            options.delivery = .atLeastOnce
            options.sessionTimeout = .seconds(6)
            options.fetchedBytes = 1 << 20
        }
        let text = String(repeating: "x", count: 100_000)
        let holder = Holder(try await mock.log.join(group: "g", topics: [mock.input], member: "a"))
        try await Holder.wait([holder]) { holder.held.count == 2 }
        for partition in 0..<2 {
            for _ in 0..<20 {
                _ = try await mock.log.append([mock.record(text, to: mock.input, partition)])
            }
        }
        // Longer than a session lasts without heartbeats, and much more than it may hold.
        try await Task.sleep(for: .seconds(8))
        var count = 0
        while count < 40 {
            guard
                case .records(let records) = try await holder.member.poll(
                    limit: ReadLimit(records: 3), wait: .seconds(10))
            else {
                Issue.record("the partitions went")
                break
            }
            try #require(!records.isEmpty)
            count += records.count
        }
        _ = try await holder.member.commit(
            outputs: [], offsets: [TopicPartition(mock.input, 0): 20])
        await holder.member.leave()
        await mock.log.close()
    }
}

/// A member, and what it holds as its polls tell.
private final class Holder {
    let member: any GroupMember
    private(set) var held: Set<TopicPartition> = []

    init(_ member: any GroupMember) { self.member = member }

    private func poll() async throws {
        switch try await member.poll(limit: ReadLimit(), wait: .milliseconds(50)) {
        case .assigned(let offsets): held.formUnion(offsets.keys)
        case .revoked(let partitions): held.subtract(partitions)
        case .records: break
        }
    }

    /// Polls all of them in turn until the condition holds, half a minute at most.
    static func wait(_ holders: [Holder], until holds: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !holds() {
            guard ContinuousClock.now < deadline else { throw MockLog.TimedOut() }
            for holder in holders { try await holder.poll() }
        }
    }
}
