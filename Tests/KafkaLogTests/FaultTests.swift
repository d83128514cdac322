import EventLog
import KafkaBroker
import Testing

@testable import KafkaLog

/// What goes wrong on a cluster, made to go wrong.
@Suite(.serialized, .timeLimit(.minutes(3))) struct FaultTests {
    @Test func `appends go on while leaders move, in order and once`() async throws {
        let mock = try MockLog()
        var once: [String] = []
        var all: [String] = []
        for number in 0..<120 {
            if number % 20 == 10 {
                mock.cluster.lead("in", 0, by: Int32(1 + number / 20 % 3))
            }
            let value = String(number)
            let (tries, _) = try await mock.appendPatiently(value, to: mock.input)
            all.append(value)
            if tries == 1 { once.append(value) }
        }
        let found = try await mock.values(of: mock.input)
        var seen: Set<String> = []
        #expect(found.filter { seen.insert($0).inserted } == all)
        #expect(found.filter(Set(once).contains) == once)
        await mock.log.close()
    }

    @Test(arguments: [MockCluster.Fault.notLeader, .notEnoughReplicas, .timedOut])
    func `who appends does not see what passes`(fault: MockCluster.Fault) async throws {
        let mock = try MockLog()
        _ = try await mock.appendPatiently("a", to: mock.input)
        mock.cluster.fail(.produce, with: [fault, fault])
        let (tries, _) = try await mock.appendPatiently("b", to: mock.input)
        #expect(tries == 1)
        #expect(try await mock.values(of: mock.input) == ["a", "b"])
        await mock.log.close()
    }

    @Test(arguments: [
        MockCluster.Fault.authorization, .invalidProducerEpoch, .fencedProducer,
    ])
    func `what does not pass is told, and the next append goes on`(
        fault: MockCluster.Fault
    ) async throws {
        let mock = try MockLog()
        _ = try await mock.appendPatiently("a", to: mock.input)
        mock.cluster.fail(.produce, with: [fault])
        await #expect(throws: LogError.self) {
            try await mock.log.append([mock.record("b", to: mock.input)])
        }
        _ = try await mock.appendPatiently("c", to: mock.input)
        #expect(try await mock.values(of: mock.input) == ["a", "c"])
        await mock.log.close()
    }

    @Test func `without brokers an append is answered within its limit, and soon goes on`()
        async throws
    {
        let mock = try MockLog()
        _ = try await mock.appendPatiently("a", to: mock.input)
        mock.cluster.setAll(down: true)
        let began = ContinuousClock.now
        await #expect(throws: LogError.self) {
            try await mock.log.append([mock.record("b", to: mock.input)])
        }
        #expect(ContinuousClock.now - began < .milliseconds(1_200))
        mock.cluster.setAll(down: false)
        let back = ContinuousClock.now
        _ = try await mock.appendPatiently("c", to: mock.input)
        #expect(ContinuousClock.now - back < .seconds(5))
        await mock.log.close()
    }

    @Test(arguments: [
        (MockCluster.Request.addPartitions, MockCluster.Fault.coordinatorLoading),
        (.addOffsets, .coordinatorLoading), (.addOffsets, .notCoordinator),
        (.transactionOffsets, .coordinatorLoading), (.transactionOffsets, .notCoordinator),
        (.endTransaction, .coordinatorLoading), (.endTransaction, .notCoordinator),
        (.produce, .notLeader),
    ])
    func `a commit waits for what passes`(
        request: MockCluster.Request, fault: MockCluster.Fault
    ) async throws {
        let mock = try MockLog().trusting()
        _ = try await mock.appendPatiently("a", to: mock.input)
        let member = try await mock.join()
        mock.cluster.fail(request, with: [fault])
        let positions = try await member.commit(
            outputs: [mock.record("A", to: mock.output)],
            offsets: [TopicPartition(mock.input, 0): 1])
        #expect(positions.count == 1)
        #expect(try await mock.values(of: mock.output) == ["A"])
        await member.leave()
        await mock.log.close()
    }

    @Test(arguments: [
        (MockCluster.Request.addPartitions, MockCluster.Fault.authorization),
        (.transactionOffsets, .unknownMember), (.addPartitions, .invalidProducerEpoch),
        (.endTransaction, .fencedProducer), (.produce, .authorization),
    ])
    func `a commit that cannot be done is void, and the member goes on behind the last one`(
        request: MockCluster.Request, fault: MockCluster.Fault
    ) async throws {
        let mock = try MockLog().trusting()
        for value in ["a", "b"] { _ = try await mock.appendPatiently(value, to: mock.input) }
        let source = TopicPartition(mock.input, 0)
        let member = try await mock.join()
        _ = try await member.commit(
            outputs: [mock.record("A", to: mock.output)], offsets: [source: 1])
        mock.cluster.fail(request, with: Array(repeating: fault, count: 1))
        await #expect(throws: LogError.self) {
            try await member.commit(
                outputs: [mock.record("lost", to: mock.output)], offsets: [source: 2])
        }
        // Told again what it holds, or not: either way it reads on from the last commit.
        try await goOn(member, from: source)
        _ = try await member.commit(
            outputs: [mock.record("B", to: mock.output)], offsets: [source: 2])
        #expect(try await mock.values(of: mock.output).last == "B")
        await member.leave()
        await mock.log.close()
    }

    @Test func `a member whose name another has taken over is fenced`() async throws {
        let mock = try MockLog().trusting()
        let member = try await mock.join()
        mock.cluster.fail(.heartbeat, with: [.fencedInstance])
        await #expect(throws: LogError.fenced(group: "g")) {
            for _ in 0..<60 { _ = try await member.poll(limit: ReadLimit(), wait: .seconds(1)) }
        }
        await #expect(throws: LogError.fenced(group: "g")) {
            try await member.commit(outputs: [], offsets: [TopicPartition(mock.input, 0): 0])
        }
        await member.leave()
        await mock.log.close()
    }

    @Test func `a member waits for brokers that are away, and goes on`() async throws {
        let mock = try MockLog().trusting()
        _ = try await mock.appendPatiently("a", to: mock.input)
        let source = TopicPartition(mock.input, 0)
        let member = try await mock.join()
        _ = try await member.poll(limit: ReadLimit(), wait: .seconds(10))
        mock.cluster.setAll(down: true)
        await #expect(throws: LogError.self) {
            try await member.commit(
                outputs: [mock.record("A", to: mock.output)], offsets: [source: 1])
        }
        mock.cluster.setAll(down: false)
        try await goOn(member, from: source)
        _ = try await member.commit(
            outputs: [mock.record("B", to: mock.output)], offsets: [source: 1])
        #expect(try await mock.values(of: mock.output).last == "B")
        await member.leave()
        await mock.log.close()
    }

    @Test func `exactly once is refused where aborted records are seen`() async throws {
        let mock = try MockLog()
        mock.cluster.create(KafkaLog.probeTopic, partitions: 1)
        let error = await #expect(throws: LogError.self) {
            _ = try await mock.log.join(group: "g", topics: [mock.input], member: "m")
        }
        guard case .unusable(let reason) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("aborted transactions are visible to read_committed consumers"))
        await mock.log.close()
    }

    /// Rewinds to the partition's first record and reads it.
    private func goOn(_ member: any GroupMember, from source: TopicPartition) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        var isRewound = false
        while ContinuousClock.now < deadline {
            do throws(LogError) {
                if !isRewound {
                    try await member.rewind(to: [source: 0])
                    isRewound = true
                }
                switch try await member.poll(limit: ReadLimit(), wait: .seconds(1)) {
                case .assigned, .revoked: isRewound = false
                case .records(let records) where records.isEmpty: break
                case .records: return
                }
            } catch {
                guard case .unavailable = error else { throw error }
                isRewound = false
            }
        }
        throw MockLog.TimedOut()
    }
}
