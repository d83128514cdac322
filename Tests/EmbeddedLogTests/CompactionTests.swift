import DiskFaults
import EventLog
import Foundation
import Glibc
import SQLite
import Synchronization
import Testing

@testable import EmbeddedLog

private let kept = TopicName("kept")!
private let kept0 = TopicPartition(kept, 0)

private func keyed(_ key: String, _ value: String?) -> NewRecord {
    NewRecord(to: kept0, key: Array(key.utf8), value: value.map { Array($0.utf8) })
}

private func open(
    _ scratch: Scratch, _ clock: HandClock, change: (inout EmbeddedLog.Options) -> Void = { _ in }
) async throws -> EmbeddedLog {
    var options = EmbeddedLog.Options()
    options.compaction.dirtyRatio = 0
    options.compaction.dirtyRecords = 1
    options.compaction.minimumAgeMilliseconds = 1_000
    options.compaction.tombstoneMilliseconds = 5_000
    options.compaction.pause = .zero
    change(&options)
    let log = try EmbeddedLog(path: scratch.path, options: options, now: { clock.now })
    try await log.create([TopicSpecification(name: kept, partitions: 1, isCompacted: true)])
    return log
}

@Test(.timeLimit(.minutes(5)), arguments: 0..<60)
func `whatever is written, compacted and broken off, no key loses its last record`(
    seed: Int
) async throws {
    let model = try await CompactionModel(seed: seed)
    for _ in 0..<60 {
        try await model.step()
        try await model.check()
    }
    try await model.finish()
}

@Test func `a record goes once a later one of its key is old enough`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try await open(scratch, clock)
    clock.set(10_000)
    _ = try await log.append([keyed("a", "1"), keyed("b", "1"), keyed("a", "2")])
    clock.set(11_000)
    _ = try await log.append([keyed("b", "2")])
    #expect(try await log.compact(now: 10_999).records == 0)
    #expect(try await log.compact(now: 11_000).records == 1)
    #expect(texts(try await all(log, kept0)) == ["1", "2", "2"])
    #expect(try await log.compact(now: 12_000).records == 1)
    for _ in 0..<2 {
        #expect(try await log.compact(now: 12_000).records == 0)
        #expect(try await all(log, kept0).map(\.position.offset) == [2, 3])
        #expect(try await log.offsets(of: kept)[kept0] == 0..<4)
        #expect(try await log.decidedOffsets(of: kept)[kept0] == 4)
    }
    await log.close()
}

@Test func `a tombstone stays until those who saw what it removed have had their time`()
    async throws
{
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try await open(scratch, clock)
    clock.set(0)
    _ = try await log.append([keyed("a", "1"), keyed("a", nil), keyed("b", "1")])
    // Long after it was written, but only now what it removed is gone.
    #expect(try await log.compact(now: 100_000).records == 1)
    #expect(try await log.compact(now: 104_999).records == 0)
    #expect(try await all(log, kept0).count == 2)
    #expect(try await log.compact(now: 105_000).records == 1)
    #expect(texts(try await all(log, kept0)) == ["1"])
    // The last record of a partition stays whatever it is.
    _ = try await log.append([keyed("b", nil)])
    #expect(try await log.compact(now: 200_000).records == 1)
    #expect(try await log.compact(now: 300_000).records == 0)
    #expect(try await all(log, kept0).map(\.position.offset) == [3])
    await log.close()
}

@Test func `a group goes on where it stood, over what is gone`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try await open(scratch, clock)
    clock.set(0)
    for value in 0..<10 { _ = try await log.append([keyed("a", "\(value)")]) }
    let member = try await log.join(group: "g", topics: [kept], member: "m")
    _ = try await member.poll(limit: ReadLimit(), wait: .zero)
    _ = try await member.commit(outputs: [], offsets: [kept0: 4])
    await member.leave()
    #expect(try await log.compact(now: 60_000).records == 9)
    #expect(try await log.committed(group: "g") == [kept0: 4])
    let again = try await log.join(group: "g", topics: [kept], member: "m")
    guard case .assigned(let offsets) = try await again.poll(limit: ReadLimit(), wait: .zero),
        case .records(let records) = try await again.poll(limit: ReadLimit(), wait: .zero)
    else {
        Issue.record("not assigned")
        return
    }
    #expect(offsets == [kept0: 4])
    #expect(texts(records) == ["9"])
    await again.leave()
    await log.close()
}

@Test func `compaction gives room back, in small transactions, while others append`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try await open(scratch, clock) { options in
        options.passiveCheckpointBytes = 1
        options.truncatingCheckpointBytes = 2
        options.compaction.transactionRecords = 100
        options.compaction.transactionBytes = 40_000
    }
    let text = String(repeating: "x", count: 1_000)
    for _ in 0..<10 {
        _ = try await log.append((0..<500).map { keyed("key \($0 % 50)", text) })
    }
    let full = log.diskBytes()
    let later = clock.now + 5_000
    async let round = log.compact(now: later)
    var appends = 0
    for _ in 0..<20 {
        _ = try await log.append([keyed("else", "y")])
        appends += 1
    }
    let compaction = try await round
    // Of what is appended before it looks, all but the last is superseded as well.
    #expect((4_950..<4_950 + appends).contains(compaction.records) && appends == 20)
    #expect(compaction.transactions >= 4_950 / 40 && compaction.partitions == 1)
    // The last checkpoint comes after its caller was answered.
    try await eventually("room") { log.diskBytes() < full / 4 }
    await log.close()
    try checkIntegrity(scratch.path)
}

@Test func `one process compacts at a time`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try await open(scratch, clock)
    _ = try await log.append([keyed("a", "1"), keyed("a", "2")])
    let holder = Glibc.open(scratch.path + ".compact", O_RDWR | O_CREAT, 0o644)
    #expect(flock(holder, LOCK_EX | LOCK_NB) == 0)
    let refused = try await log.compact(now: clock.now + 5_000)
    #expect(refused.isElsewhere && refused.records == 0)
    close(holder)
    #expect(try await log.compact(now: clock.now + 5_000).records == 1)
    await log.close()
}

@Test func `compaction goes on again and again until it is cancelled`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try await open(scratch, clock)
    let compacting = Task {
        await log.compact(
            every: .milliseconds(5), now: { clock.now }, done: { _, _ in },
            failed: { Issue.record("\($0)") })
    }
    for round in 1...3 {
        _ = try await log.append([keyed("a", "\(round)")])
        clock.set(clock.now + 2_000)
        try await eventually("round \(round)") { try await all(log, kept0).count == 1 }
    }
    compacting.cancel()
    await compacting.value
    await log.close()
}

/// Serial, because there is one faulty disk at a time.
extension DiskTests {
    @Test(arguments: [1, 3, 7, 20])
    func `a full disk in the middle of a compaction loses nothing`(after: Int) async throws {
        let scratch = try Scratch()
        let clock = HandClock()
        let log = try await open(scratch, clock) { $0.compaction.transactionRecords = 5 }
        for value in 0..<40 {
            _ = try await log.append((0..<5).map { keyed("key \($0)", "\(value)") })
        }
        let step = Atomic(0)
        let now = clock.now + 5_000
        await #expect(throws: LogError.self) {
            try await log.compact(now: now) { () throws(LogError) in
                guard step.add(1, ordering: .relaxed).newValue == after else { return }
                disk_fault_set(disk_fault_full, scratch.path + "-wal", 1)
            }
        }
        #expect(disk_fault_count() == 1)
        #expect(Set(texts(try await all(log, kept0)).suffix(5)) == ["39"])
        _ = try await log.append([keyed("else", "y")])
        _ = try await log.compact(now: clock.now + 10_000)
        #expect(texts(try await all(log, kept0)) == ["39", "39", "39", "39", "39", "y"])
        await log.close()
        try checkIntegrity(scratch.path)
    }
}

@Suite(.serialized, .timeLimit(.minutes(5)))
struct CompactionProcessTests {
    @Test func `processes that append and compact until they are killed lose no last record`()
        async throws
    {
        let scratch = try Scratch()
        let log = try EmbeddedLog(path: scratch.path)
        try await log.create([TopicSpecification(name: kept, partitions: 2, isCompacted: true)])
        var acknowledged: [String: Int] = [:]
        for round in 0..<4 {
            let children = try (0..<2).map {
                try Child(["compact", scratch.path, "r\(round)-\($0)", "4"])
            }
            for child in children {
                _ = try await child.printed(atLeast: 200 + 100 * round)
                for line in try await child.kill() {
                    let words = line.split(separator: " ")
                    acknowledged[String(words[0])] = Int(words[1])
                }
            }
        }
        var found: [String: Int] = [:]
        var count = 0
        for partition in 0..<2 {
            for record in try await all(log, TopicPartition(kept, partition)) {
                let text = String(decoding: record.value ?? [], as: UTF8.self)
                found[String(decoding: record.key, as: UTF8.self)] = Int(text)
                count += 1
            }
        }
        for (key, value) in acknowledged { #expect((found[key] ?? -1) >= value, "\(key)") }
        let ends = try await log.offsets(of: kept).values.reduce(0) { $0 + $1.upperBound }
        print("killed while compacting: \(count) of \(ends) records left, \(found.count) keys")
        #expect(count < ends, "something was compacted")
        await log.close()
        try checkIntegrity(scratch.path)
    }
}
