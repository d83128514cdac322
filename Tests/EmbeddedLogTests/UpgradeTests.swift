import EmbeddedLog
import EventLog
import Foundation
import SQLite
import Testing

/// A log that was written before there was compaction; never made again.
private func formatOne(in scratch: Scratch) throws {
    let golden = try #require(
        Bundle.module.url(forResource: "Golden/log-1", withExtension: "sqlite"))
    try FileManager.default.copyItem(at: golden, to: URL(fileURLWithPath: scratch.path))
}

@Test func `a log of format 1 becomes one of the newest, with all that was in it`() async throws {
    let scratch = try Scratch()
    try formatOne(in: scratch)
    #expect(try EmbeddedLog.contents(of: scratch.path, isChecked: true).format == 1)
    for _ in 0..<2 {
        let log = try EmbeddedLog(path: scratch.path)
        let uploads = TopicName("trip-uploads")!
        #expect(
            try await log.topics() == [
                TopicSpecification(
                    name: TopicName("old")!, partitions: 1, retentionMilliseconds: 86_400_000),
                TopicSpecification(name: TopicName("releases")!, partitions: 1),
                TopicSpecification(
                    name: TopicName("trip-scores.v1")!, partitions: 2, isCompacted: true),
                TopicSpecification(name: uploads, partitions: 2),
            ])
        let first = try await all(log, TopicPartition(uploads, 0))
        #expect(texts(first) == (0..<10).map { "upload \($0 * 2)" })
        #expect(first[1].header("ce_id") == Array("2".utf8))
        #expect(first[0].headers.isEmpty)
        #expect(first[3].timestampMilliseconds == 1_700_000_006_000)
        let found = try await log.offsets(of: uploads, at: 1_700_000_005_000)
        #expect(found == [TopicPartition(uploads, 0): 3, TopicPartition(uploads, 1): 2])
        #expect(
            try await log.committed(group: "scorer.v1") == [
                TopicPartition(uploads, 0): 9, TopicPartition(uploads, 1): 10,
            ])
        await log.close()
    }
    #expect(
        try EmbeddedLog.contents(of: scratch.path, isChecked: true).format
            <= EmbeddedLog.newestFormat)
    try checkIntegrity(scratch.path)
}

@Test func `a log of format 1 goes on: appends, groups and compaction`() async throws {
    let scratch = try Scratch()
    try formatOne(in: scratch)
    var options = EmbeddedLog.Options()
    options.compaction.dirtyRatio = 0
    options.compaction.dirtyRecords = 1
    let log = try EmbeddedLog(path: scratch.path, options: options)
    let uploads = TopicPartition(TopicName("trip-uploads")!, 0)
    let scores = TopicPartition(TopicName("trip-scores.v1")!, 0)
    #expect(try await log.append([newRecord("new", to: uploads)])[0].offset == 10)
    let member = try await log.join(group: "scorer.v1", topics: [uploads.topic], member: "up")
    guard case .assigned(let starts) = try await member.poll(limit: ReadLimit(), wait: .zero) else {
        Issue.record("nothing was assigned")
        return
    }
    #expect(starts[uploads] == 9)
    #expect(
        try await member.commit(outputs: [newRecord("s", to: scores)], offsets: [uploads: 11])[0]
            .offset == 11)
    await member.leave()
    for _ in 0..<2 { try await log.compact(now: systemMilliseconds() + 100_000_000) }
    let kept = try await all(log, scores)
    #expect(Set(kept.map(\.key)).count == kept.count)
    #expect(texts(kept).last == "s")
    await log.close()
    try checkIntegrity(scratch.path)
}

@Test func `a newer log is refused to the byte as it is`() async throws {
    let scratch = try Scratch()
    let log = try EmbeddedLog(path: scratch.path)
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    _ = try await log.append([newRecord("a")])
    await log.close()
    do {
        let connection = try Connection(path: scratch.path, mode: .readWrite)
        try connection.execute("PRAGMA user_version = 99")
        try connection.checkpoint(.truncate)
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
    #expect(throws: LogError.self) { try EmbeddedLog(path: scratch.path) }
    #expect(throws: LogError.self) {
        try EmbeddedLog.copy(scratch.path, to: scratch.directory + "/copy")
    }
    #expect(throws: LogError.self) {
        try EmbeddedLog.contents(of: scratch.path, isChecked: false)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == before)
    let wal = try? Data(contentsOf: URL(fileURLWithPath: scratch.path + "-wal"))
    #expect(wal?.isEmpty ?? true)
}

@Test func `a long read does not hold up appends`() async throws {
    let scratch = try Scratch()
    var options = EmbeddedLog.Options()
    options.passiveCheckpointBytes = 64 << 10
    options.truncatingCheckpointBytes = 128 << 10
    let log = try EmbeddedLog(path: scratch.path, options: options)
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    _ = try await log.append([newRecord("first")])
    let reader = try Connection(path: scratch.path, mode: .readOnly)
    try reader.execute("BEGIN")
    #expect(try reader.integer("SELECT count(*) FROM records") == 1)
    var longest = Duration.zero
    for number in 0..<150 {
        let began = ContinuousClock.now
        _ = try await log.append([newRecord("\(number) " + String(repeating: "x", count: 4_000))])
        longest = max(longest, .now - began)
    }
    // SQLite's own time-out is 5 s.
    #expect(longest < .seconds(3), "\(longest)")
    #expect(try reader.integer("SELECT count(*) FROM records") == 1)
    try reader.execute("COMMIT")
    await log.close()
}
