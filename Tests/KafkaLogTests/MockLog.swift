import EventLog
import KafkaBroker
import Synchronization
import Testing

@testable import KafkaLog

/// A log on a mock cluster of its own, with topics `in` and `out`.
struct MockLog {
    let cluster: MockCluster
    let log: KafkaLog
    let input: TopicName
    let output: TopicName

    init(
        partitions: Int = 1, _ change: (inout KafkaLog.Options) -> Void = { _ in }
    ) throws {
        cluster = try MockCluster()
        var options = KafkaLog.Options(brokers: cluster.addresses)
        options.transactionTimeout = .seconds(3)
        change(&options)
        log = try KafkaLog(options: options)
        input = try #require(TopicName("in"))
        output = try #require(TopicName("out"))
        for topic in [input, output] { cluster.create(topic.rawValue, partitions: partitions) }
    }

    /// Takes it on trust that transactions isolate: they do not here, and it does not matter.
    func trusting() -> MockLog {
        log.tried.withLock {
            $0 = Compatibility(isolatesTransactions: true, fencesProducers: true)
        }
        return self
    }

    /// One record.
    func record(_ value: String, to topic: TopicName, _ partition: Int = 0) -> NewRecord {
        NewRecord(to: TopicPartition(topic, partition), key: [], value: Array(value.utf8))
    }

    /// Appends until it is acknowledged; how many tries that took, and how long the last one.
    func appendPatiently(_ value: String, to topic: TopicName) async throws -> (Int, Duration) {
        for attempt in 1...300 {
            let began = ContinuousClock.now
            do throws(LogError) {
                _ = try await log.append([record(value, to: topic)])
                return (attempt, .now - began)
            } catch {
                guard case .unavailable = error else { throw error }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TimedOut()
    }

    /// Every value of a topic's first partition.
    func values(of topic: TopicName) async throws -> [String] {
        let records = try await log.read(
            from: [TopicPartition(topic, 0): 0], limit: ReadLimit(records: 100_000), wait: .zero)
        return records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
    }

    /// Joins the group and polls until partitions come.
    func join(_ name: String = "m") async throws -> any GroupMember {
        let member = try await log.join(group: "g", topics: [input], member: name)
        for _ in 0..<60 {
            if case .assigned = try await member.poll(limit: ReadLimit(), wait: .seconds(1)) {
                return member
            }
        }
        throw TimedOut()
    }

    struct TimedOut: Error {}
}
