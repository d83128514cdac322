import DiskFaults
import EmbeddedLog
import EventLog
import Foundation
import Synchronization
import Testing

/// Serial, because there is one faulty disk at a time.
@Suite(.serialized)
struct DiskTests {
    @Test(arguments: [1, 8])
    func `what a failed sync left behind does not come back`(callers: Int) async throws {
        let scratch = try Scratch()
        // Without checkpoints, which sync the WAL too.
        let log = try await openLog(scratch, checkpointBytes: 8 << 20)
        _ = try await log.append([newRecord("before")])
        disk_fault_set(disk_fault_sync, scratch.path + "-wal", 1)
        let failed = await withTaskGroup(of: Bool.self) { group in
            for caller in 0..<callers {
                group.addTask { await isUnavailable(log, "failed\(caller)") }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(disk_fault_count() == 1)
        #expect(failed >= 1)
        let here = texts(try await all(log))
        #expect(here.count == 1 + callers - failed)
        await log.close()
        // Nobody has the file open now, so that its WAL is read anew from its beginning.
        let again = try EmbeddedLog(path: scratch.path)
        #expect(texts(try await all(again)) == here)
        await again.close()
        try checkIntegrity(scratch.path)
    }

    @Test func `while syncs fail nothing is acknowledged, and then all goes on`() async throws {
        let scratch = try Scratch()
        let log = try await openLog(scratch)
        let member = try await log.join(group: "g", topics: [trips], member: "m")
        _ = try await log.append([newRecord("before")])
        disk_fault_set(disk_fault_sync, scratch.path + "-wal", -1)
        for step in 0..<5 { #expect(await isUnavailable(log, "failed\(step)")) }
        await #expect(throws: LogError.self) {
            try await member.commit(outputs: [newRecord("output")], offsets: [trips0: 1])
        }
        disk_fault_set(disk_fault_none, "", 0)
        #expect(try await log.committed(group: "g") == [:])
        _ = try await member.commit(outputs: [newRecord("output")], offsets: [trips0: 1])
        _ = try await log.append([newRecord("after")])
        await member.leave()
        await log.close()
        let again = try EmbeddedLog(path: scratch.path)
        #expect(texts(try await all(again)) == ["before", "output", "after"])
        await again.close()
        try checkIntegrity(scratch.path)
    }

    @Test func `a checkpoint that fails fails no append`() async throws {
        let scratch = try Scratch()
        let log = try await openLog(scratch)
        disk_fault_set(disk_fault_sync, scratch.path, -1)
        for step in 0..<200 { _ = try await log.append([newRecord("\(step)")]) }
        #expect(disk_fault_count() > 0)
        disk_fault_set(disk_fault_none, "", 0)
        for step in 200..<400 { _ = try await log.append([newRecord("\(step)")]) }
        #expect(texts(try await all(log)) == (0..<400).map { "\($0)" })
        await log.close()
        try checkIntegrity(scratch.path)
    }

    @Test func `a disk that is full refuses, loses nothing and goes on`() async throws {
        let scratch = try Scratch()
        let log = try await openLog(scratch)
        var wanted: [String] = []
        for round in 0..<5 {
            for step in 0..<20 {
                _ = try await log.append([newRecord("\(round).\(step)")])
                wanted.append("\(round).\(step)")
            }
            // At the first write, or some writes into a transaction.
            disk_fault_set(disk_fault_full, scratch.directory + "/", -1)
            for step in 0..<5 { #expect(await isUnavailable(log, "failed\(round).\(step)")) }
            #expect(disk_fault_count() > 0)
            #expect(texts(try await all(log)) == wanted)
            disk_fault_set(disk_fault_none, "", 0)
        }
        await log.close()
        let again = try EmbeddedLog(path: scratch.path)
        #expect(texts(try await all(again)) == wanted)
        await again.close()
        try checkIntegrity(scratch.path)
    }

    @Test func `a power cut leaves all that was acknowledged`() async throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<6 {
            let wanted = Int.random(in: 1...600, using: &random)
            let scratch = try Scratch()
            let left = try Scratch()
            disk_keep_synced(scratch.directory, left.directory)
            let log = try await openLog(scratch)
            let acknowledged = Acknowledged()
            let appending = Task {
                await withTaskGroup(of: Void.self) { group in
                    for caller in 0..<8 {
                        group.addTask { await acknowledged.append(caller, to: log) }
                    }
                }
            }
            try await eventually("\(wanted) acknowledgements") {
                acknowledged.texts.withLock { $0.count } >= wanted
            }
            let before = acknowledged.texts.withLock { $0 }
            disk_cut_power()
            appending.cancel()
            await appending.value
            await log.close()
            let again = try EmbeddedLog(path: left.path)
            let found = texts(try await all(again))
            #expect(Set(found).count == found.count, "doubled, cut after \(before.count)")
            #expect(Set(before).subtracting(found) == [], "lost, cut after \(before.count)")
            await again.close()
            try checkIntegrity(left.path)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a file system takes root"))
    func `a file system that fills up and is emptied loses nothing`() async throws {
        let scratch = try Scratch()
        let mounted = scratch.directory + "/small"
        try FileManager.default.createDirectory(
            atPath: mounted, withIntermediateDirectories: false)
        try #require(mount("tmpfs", mounted, "tmpfs", 0, "size=6m") == 0)
        defer { umount2(mounted, Int32(MNT_DETACH)) }
        var options = EmbeddedLog.Options()
        options.passiveCheckpointBytes = 256 << 10
        options.truncatingCheckpointBytes = 1 << 20
        let log = try EmbeddedLog(path: mounted + "/log.sqlite", options: options)
        try await log.create([TopicSpecification(name: trips, partitions: 1)])
        var wanted: [String] = []
        let ballast = mounted + "/ballast"
        for round in 0..<3 {
            fillDisk(ballast, leaving: 300_000)
            var refused = 0
            var step = 0
            while refused < 20 {
                let text = "\(round).\(step) " + String(repeating: "x", count: 2_000)
                if await isUnavailable(log, text) { refused += 1 } else { wanted.append(text) }
                step += 1
                try #require(step < 5_000, "the disk is never full")
            }
            try FileManager.default.removeItem(atPath: ballast)
            let text = "after \(round)"
            _ = try await log.append([newRecord(text)])
            wanted.append(text)
            #expect(texts(try await all(log)) == wanted)
        }
        await log.close()
        let again = try EmbeddedLog(path: mounted + "/log.sqlite")
        #expect(texts(try await all(again)) == wanted)
        await again.close()
        try checkIntegrity(mounted + "/log.sqlite")
    }
}

private final class Acknowledged: Sendable {
    let texts = Mutex<[String]>([])

    /// Appends until the task is cancelled.
    func append(_ caller: Int, to log: EmbeddedLog) async {
        var step = 0
        while !Task.isCancelled {
            let text = "\(caller).\(step)"
            if await isUnavailable(log, text) { return }
            texts.withLock { $0.append(text) }
            step += 1
        }
    }
}

private func openLog(
    _ scratch: Scratch, checkpointBytes: Int = 64 << 10
) async throws -> EmbeddedLog {
    var options = EmbeddedLog.Options()
    options.passiveCheckpointBytes = checkpointBytes
    options.truncatingCheckpointBytes = checkpointBytes * 4
    let log = try EmbeddedLog(path: scratch.path, options: options)
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    return log
}

private func isUnavailable(_ log: EmbeddedLog, _ text: String) async -> Bool {
    do {
        _ = try await log.append([newRecord(text)])
        return false
    } catch {
        if case .unavailable = error { return true }
        Issue.record("\(error)")
        return true
    }
}

/// Writes a file until the disk has only so many bytes left.
private func fillDisk(_ path: String, leaving bytes: Int) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 0, count: 4_096)
    var count = 0
    while write(file, block, block.count) > 0 { count += 1 }
    ftruncate(file, max(0, count * 4_096 - bytes))
}
