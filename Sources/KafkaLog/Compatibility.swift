public import EventLog
import Synchronization

/// What a cluster can and cannot do, as tried on it and not as it says.
public struct Compatibility: Equatable, Sendable {
    /// Whether records of aborted transactions stay hidden from those who read what is committed.
    public var isolatesTransactions: Bool
    /// Whether a producer whose name another has taken over is refused.
    public var fencesProducers: Bool

    /// What that means, a sentence each; empty where nothing is missing.
    public var shortcomings: [String] {
        var sentences: [String] = []
        if !isolatesTransactions {
            sentences.append("aborted transactions are visible to read_committed consumers")
        }
        if !fencesProducers {
            sentences.append("a producer whose transactional id was taken over is not refused")
        }
        return sentences
    }
}

extension KafkaLog {
    /// The topic that the cluster is tried with; its records are of no use afterwards.
    static let probeTopic = "tacho-probe"

    /// Tries transactions on the cluster: one is aborted, one committed, and a second producer of
    /// the same name takes over.
    ///
    /// - Throws: ``LogError/unavailable(reason:)``, ``LogError/unusable(reason:)`` where the
    ///   cluster has no transactions at all.
    public func compatibility() async throws(LogError) -> Compatibility {
        let topic = try await makeProbeTopic()
        let partition = TopicPartition(topic, 0)
        let name = "probe." + String(UInt64.random(in: 0 ... .max), radix: 36)
        let (options, properties) = (probing(options), properties)
        let (hidden, seen, isFenced) = try await ask { _ throws(LogError) in
            let first = try OutputProducer(name: name, options, properties, isQuiet: true)
            func record(_ value: String) -> NewRecord {
                NewRecord(to: partition, key: Array(name.utf8), value: Array(value.utf8))
            }
            do throws(CommitFailure) {
                let hidden = try first.abort(record("aborted"))
                let seen = try first.commit(outputs: [record("committed")], offsets: [:], of: nil)
                let second = try Self.takeOver(name, options, properties)
                return (hidden, seen[0], Self.isFenced(first, record("zombie"), by: second))
            } catch {
                throw .unusable(reason: "transactions do not work on this cluster: \(error)")
            }
        }
        let records = try await read(from: [partition: hidden], limit: ReadLimit(), wait: .zero)
        let values = records.filter { $0.key == Array(name.utf8) }.map(\.position.offset)
        guard values.contains(seen) else {
            throw .unavailable(reason: "a committed record of \(topic) is not to be read")
        }
        return Compatibility(
            isolatesTransactions: !values.contains(hidden), fencesProducers: isFenced)
    }

    /// Refuses to promise what the cluster does not keep; tries it once.
    ///
    /// - Throws: ``LogError/unusable(reason:)``, which says what the cluster does wrong.
    public func verifyDelivery() async throws(LogError) {
        guard options.delivery == .exactlyOnce else { return }
        let known = tried.withLock { $0 }
        let found: Compatibility
        if let known { found = known } else { found = try await compatibility() }
        tried.withLock { $0 = found }
        guard found.shortcomings.isEmpty else {
            throw .unusable(
                reason: """
                    exactly once cannot be kept on this cluster: \
                    \(found.shortcomings.joined(separator: "; ")). At least once can: its repeats \
                    have the same keys and values
                    """)
        }
    }

    private func makeProbeTopic() async throws(LogError) -> TopicName {
        guard let topic = TopicName(Self.probeTopic) else {
            throw .unusable(reason: "\(Self.probeTopic) is no topic name")
        }
        try await create([
            TopicSpecification(name: topic, partitions: 1, retentionMilliseconds: 3_600_000)
        ])
        return topic
    }

    private func probing(_ options: Options) -> Options {
        var options = options
        options.delivery = .exactlyOnce
        return options
    }

    private static func takeOver(
        _ name: String, _ options: Options, _ properties: ClientProperties
    ) throws(CommitFailure) -> OutputProducer {
        do throws(LogError) {
            return try OutputProducer(name: name, options, properties)
        } catch {
            throw .unknown("\(error)")
        }
    }

    private static func isFenced(
        _ zombie: OutputProducer, _ record: NewRecord, by second: OutputProducer
    ) -> Bool {
        defer { withExtendedLifetime(second) {} }
        do throws(CommitFailure) {
            _ = try zombie.commit(outputs: [record], offsets: [:], of: nil)
            return false
        } catch {
            if case .fenced = error { return true }
            return false
        }
    }
}
