import EventLog
import SeededRandom
import Synchronization
import Testing

@testable import EmbeddedLog

/// Key that ends every transaction of a partition, as a scorer's progress does.
let progressKey = Array("progress".utf8)

/// A log that is written, compacted, broken off, read and opened again at random, and what should
/// be on it.
final class CompactionModel {
    let seed: Int
    private var random: SplitMix
    private let scratch: Scratch
    private let clock = HandClock()
    private var options = EmbeddedLog.Options()
    private(set) var log: EmbeddedLog
    private let topic = TopicName("kept")!
    private let partitions = 2
    /// Every record there ever was, by partition and offset.
    private var written: [[Record]]
    /// The latest time of which records may be gone.
    private var cutoff = Int64.min
    private var readers: [SlowReader]

    /// Who reads a partition a few records at a time, and what it has come to know.
    private struct SlowReader {
        var next: Int64 = 0
        var known: [[UInt8]: Record] = [:]
    }

    init(seed: Int) async throws {
        self.seed = seed
        random = SplitMix(seed: UInt64(seed))
        scratch = try Scratch()
        options.compaction.dirtyRatio = [0, 0.3, 0.6].randomElement(using: &random)!
        options.compaction.dirtyRecords = Int.random(in: 1...12, using: &random)
        options.compaction.minimumAgeMilliseconds = Int64.random(in: 0...900, using: &random)
        options.compaction.tombstoneMilliseconds = seed % 2 == 0 ? 1_500 : 1_000_000
        options.compaction.transactionRecords = Int.random(in: 1...5, using: &random)
        options.compaction.readRecords = Int.random(in: 1...9, using: &random)
        options.compaction.keyBytes = [1, 400, 1 << 20].randomElement(using: &random)!
        options.compaction.pause = .zero
        log = try EmbeddedLog(path: scratch.path, options: options, now: { [clock] in clock.now })
        written = Array(repeating: [], count: partitions)
        readers = Array(repeating: SlowReader(), count: partitions)
        try await log.create([
            TopicSpecification(name: topic, partitions: partitions, isCompacted: true),
            TopicSpecification(name: trips, partitions: 1),
        ])
    }

    func step() async throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: try await append()
        case 5..<7: try await compact()
        case 7..<9: try await readOn()
        default: try await reopen()
        }
    }

    private func append() async throws {
        // Clocks stand still and step back too.
        clock.set(clock.now + Int64.random(in: -100...300, using: &random))
        var records: [NewRecord] = []
        for partition in 0..<partitions where Bool.random(using: &random) {
            let to = TopicPartition(topic, partition)
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let key = Array("key \(Int.random(in: 0..<9, using: &random))".utf8)
                let isTombstone = Int.random(in: 0..<5, using: &random) == 0
                records.append(
                    NewRecord(
                        to: to, key: key,
                        value: isTombstone ? nil : [UInt8.random(in: 0...255, using: &random)]))
            }
            records.append(NewRecord(to: to, key: progressKey, value: []))
        }
        records.append(newRecord("else"))
        let positions = try await log.append(records)
        for (record, position) in zip(records, positions) where record.topicPartition.topic == topic
        {
            written[record.topicPartition.partition].append(
                Record(
                    position: position, timestampMilliseconds: clock.now, key: record.key,
                    value: record.value, headers: []))
        }
    }

    /// Compacts, and often enough ends as a crash would, before one of its transactions.
    private func compact() async throws {
        let now = clock.now + [0, 0, 500, 2_000].randomElement(using: &random)!
        cutoff = max(cutoff, now - options.compaction.minimumAgeMilliseconds)
        let steps = Steps(
            Bool.random(using: &random) ? .max : Int.random(in: 0...8, using: &random))
        do {
            _ = try await log.compact(now: now, willWrite: steps.take)
        } catch {
            guard error == .unavailable(reason: Steps.crash) else { throw error }
            if Bool.random(using: &random) { try await reopen() }
        }
    }

    private func readOn() async throws {
        for partition in 0..<partitions {
            let source = TopicPartition(topic, partition)
            let records = try await log.read(
                from: [source: readers[partition].next],
                limit: ReadLimit(records: Int.random(in: 1...9, using: &random)), wait: .zero)
            for record in records {
                readers[partition].known[record.key] = record
                readers[partition].next = record.position.offset + 1
                // A slow reader may miss a tombstone that is gone before it comes.
                if seed % 2 == 1 { expectProgress(at: record, readers[partition].known) }
            }
        }
    }

    private func reopen() async throws {
        await log.close()
        log = try EmbeddedLog(path: scratch.path, options: options, now: { [clock] in clock.now })
    }

    /// Whoever has read up to a record of progress knows the last record before it of every key,
    /// or a later one; of a tombstone, nothing is as good.
    private func expectProgress(at record: Record, _ known: [[UInt8]: Record]) {
        guard record.key == progressKey else { return }
        let offset = record.position.offset
        var last: [[UInt8]: Record] = [:]
        for earlier in written[record.position.topicPartition.partition].prefix(Int(offset)) {
            last[earlier.key] = earlier
        }
        for (key, wanted) in last {
            let found = known[key]?.position.offset ?? (wanted.value == nil ? .max : -1)
            #expect(found >= wanted.position.offset, "seed \(seed), \(record.position)")
        }
    }

    /// What must hold after every step.
    func check() async throws {
        let offsets = try await log.offsets(of: topic)
        for partition in 0..<partitions {
            let source = TopicPartition(topic, partition)
            let written = written[partition]
            #expect(offsets[source] == 0..<Int64(written.count), "seed \(seed)")
            let kept = try await all(log, source)
            for record in kept { #expect(record == written[Int(record.position.offset)]) }
            // Nothing young is gone, nor anything behind it.
            let young = written.firstIndex { $0.timestampMilliseconds > cutoff } ?? written.count
            let old = kept.prefix { $0.position.offset < young }.count
            #expect(kept.count - old == written.count - young, "seed \(seed)")
            var known: [[UInt8]: Record] = [:]
            for record in kept {
                known[record.key] = record
                expectProgress(at: record, known)
            }
            let last = Dictionary(written.map { ($0.key, $0) }) { $1 }
            for (key, wanted) in last where wanted.value != nil || known[key] != nil {
                #expect(known[key] == wanted, "seed \(seed)")
            }
            let time = clock.now + Int64.random(in: -900...200, using: &random)
            let first = kept.first { $0.timestampMilliseconds >= time }?.position.offset
            #expect(
                try await log.offsets(of: topic, at: time)[source] == first ?? Int64(written.count))
        }
    }

    /// Ends with everything compacted that can be.
    func finish() async throws {
        options.compaction.dirtyRatio = 0
        options.compaction.dirtyRecords = 1
        options.compaction.keyBytes = 1 << 20
        try await reopen()
        let later = clock.now + 10_000
        cutoff = .max
        try await log.compact(now: later)
        try await check()
        #expect(try await log.compact(now: later).records == 0, "seed \(seed): once more")
        for partition in 0..<partitions {
            let kept = try await all(log, TopicPartition(topic, partition))
            #expect(Set(kept.map(\.key)).count == kept.count, "seed \(seed): once each")
        }
        try await log.compact(now: later + options.compaction.tombstoneMilliseconds)
        try await check()
        for partition in 0..<partitions {
            let kept = try await all(log, TopicPartition(topic, partition))
            #expect(kept.dropLast().allSatisfy { $0.value != nil }, "seed \(seed): tombstones")
        }
        #expect(try await all(log).allSatisfy { $0.value == Array("else".utf8) })
        await log.close()
        try checkIntegrity(scratch.path)
    }
}

/// A crash after so many transactions.
private final class Steps: Sendable {
    static let crash = "the test ends it here"
    private let left: Atomic<Int>

    init(_ count: Int) { left = Atomic(count) }

    @Sendable func take() throws(LogError) {
        guard left.load(ordering: .relaxed) > 0 else { throw .unavailable(reason: Self.crash) }
        left.subtract(1, ordering: .relaxed)
    }
}
