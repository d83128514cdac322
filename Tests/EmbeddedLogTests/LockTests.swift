import EmbeddedLog
import EventLog
import Glibc
import Synchronization
import Testing

@Test(arguments: [".lock", ".gate"])
func `nothing is written while another process holds the lock, and reads go on`(
    suffix: String
) async throws {
    let scratch = try Scratch()
    let log = try EmbeddedLog(path: scratch.path)
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    _ = try await log.append([newRecord("before")])
    let descriptor = open(scratch.path + suffix, O_RDWR)
    defer { close(descriptor) }
    #expect(flock(descriptor, LOCK_EX) == 0)
    let isDone = Flag()
    let appending = Task {
        let positions = try await log.append([newRecord("after")])
        isDone.isSet.store(true, ordering: .releasing)
        return positions
    }
    // Twenty reads take longer than an append that nobody holds up.
    for _ in 0..<20 {
        let found = try await log.read(
            from: [trips0: 0], limit: ReadLimit(), wait: .milliseconds(5))
        #expect(texts(found) == ["before"])
        _ = try await log.read(from: [trips0: 1], limit: ReadLimit(), wait: .milliseconds(5))
    }
    let wasDone = isDone.isSet.load(ordering: .acquiring)
    #expect(!wasDone)
    flock(descriptor, LOCK_UN)
    #expect(try await appending.value.map(\.offset) == [1])
    await log.close()
}

@Test func `a process that waits is not passed over by one that always has more`() async throws {
    let scratch = try Scratch()
    let busy = try EmbeddedLog(path: scratch.path)
    try await busy.create([TopicSpecification(name: trips, partitions: 1)])
    let patient = try EmbeddedLog(path: scratch.path)
    let flood = Task {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    while !Task.isCancelled { _ = try await busy.append([newRecord("busy")]) }
                }
            }
            try await group.waitForAll()
        }
    }
    let start = ContinuousClock.now
    for _ in 0..<50 { _ = try await patient.append([newRecord("patient")]) }
    let took = ContinuousClock.now - start
    flood.cancel()
    _ = await flood.result
    #expect(took < .seconds(10), "50 appends took \(took)")
    await patient.close()
    await busy.close()
}

private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
}
