import EmbeddedLog
import EventLog
import Foundation
import Synchronization
import Testing

@Test func `calls that wait share a transaction`() async throws {
    let scratch = try Scratch()
    final class Commits: Sendable { let calls = Mutex<[Int]>([]) }
    let commits = Commits()
    var options = EmbeddedLog.Options()
    options.onCommit = { commit in commits.calls.withLock { $0.append(commit.calls) } }
    let log = try EmbeddedLog(path: scratch.path, options: options)
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<64 {
            group.addTask {
                for step in 0..<10 { _ = try await log.append([newRecord("\(caller).\(step)")]) }
            }
        }
        try await group.waitForAll()
    }
    #expect(try await all(log).count == 640)
    await log.close()
    let calls = commits.calls.withLock { $0 }
    #expect(calls.reduce(0, +) == 641)
    #expect(calls.count < 320, "\(calls.count) transactions")
}

@Test func `a bad call fails alone among those that share its transaction`() async throws {
    let scratch = try Scratch()
    let log = try EmbeddedLog(path: scratch.path)
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    let nowhere = TopicPartition(trips, 7)
    let old = try await log.join(group: "g", topics: [trips], member: "m")
    let new = try await log.join(group: "g", topics: [trips], member: "m")
    let failed = try await withThrowingTaskGroup(of: LogError?.self) { group in
        for caller in 0..<60 {
            group.addTask {
                do throws(LogError) {
                    switch caller % 3 {
                    case 0: _ = try await log.append([newRecord("\(caller)")])
                    case 1: _ = try await log.append([newRecord("x"), newRecord("y", to: nowhere)])
                    default: _ = try await old.commit(outputs: [newRecord("z")], offsets: [:])
                    }
                    return nil
                } catch {
                    return error
                }
            }
        }
        var failed: [LogError] = []
        for try await error in group { if let error { failed.append(error) } }
        return failed
    }
    #expect(failed.filter { $0 == .unknownPartition(nowhere) }.count == 20)
    #expect(failed.filter { $0 == .fenced(group: "g") }.count == 20)
    #expect(
        Set(texts(try await all(log)))
            == Set(stride(from: 0, to: 60, by: 3).map { "\($0)" }))
    await new.leave()
    await log.close()
}

@Test func `beyond the queue's limit a call is refused, and later taken`() async throws {
    let scratch = try Scratch()
    // The first commit is held in its callback until the queue has refused somebody.
    final class Gate: Sendable {
        let open = Atomic<Bool>(false)
        let held = Atomic<Bool>(false)
        let refused = Atomic<Int>(0)
    }
    let gate = Gate()
    var options = EmbeddedLog.Options()
    options.queuedRecords = 10
    options.onCommit = { _ in
        gate.held.store(true, ordering: .releasing)
        while !gate.open.load(ordering: .acquiring) {}
    }
    let log = try EmbeddedLog(path: scratch.path, options: options)
    let making = Task { try await log.create([TopicSpecification(name: trips, partitions: 1)]) }
    try await eventually("the first commit") { gate.held.load(ordering: .acquiring) }
    let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
        for caller in 0..<25 {
            group.addTask {
                do {
                    _ = try await log.append([newRecord("\(caller)")])
                    return true
                } catch LogError.queueFull(limit: 10) {
                    gate.refused.wrappingAdd(1, ordering: .relaxed)
                    return false
                }
            }
        }
        try await eventually("15 refusals") {
            gate.refused.load(ordering: .relaxed) == 15
        }
        gate.open.store(true, ordering: .releasing)
        var taken = 0
        for try await isTaken in group where isTaken { taken += 1 }
        return taken
    }
    try await making.value
    #expect(taken == 10)
    _ = try await log.append([newRecord("later")])
    #expect(try await all(log).count == 11)
    await log.close()
}

@Test func `the WAL does not grow without end while there is always somebody who reads`()
    async throws
{
    let scratch = try Scratch()
    var options = EmbeddedLog.Options()
    options.passiveCheckpointBytes = 256 << 10
    options.truncatingCheckpointBytes = 1 << 20
    let log = try EmbeddedLog(path: scratch.path, options: options)
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    let reading = Task {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !Task.isCancelled {
                        _ = try await log.read(
                            from: [trips0: 0], limit: ReadLimit(records: 500), wait: .zero)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
    let text = String(repeating: "x", count: 1_000)
    var largest = 0
    for _ in 0..<200 {
        _ = try await log.append((0..<100).map { _ in newRecord(text) })
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path + "-wal")
        largest = max(largest, attributes[.size] as? Int ?? 0)
    }
    reading.cancel()
    try await reading.value
    // 20 MB went through it; between two looks at the limit it may grow by a transaction.
    #expect(largest < 3 << 20, "\(largest) bytes")
    await log.close()
}
