import EmbeddedLog
import EventLog
import Testing

@Test func `retention removes a prefix that is old, and nothing behind a young record`()
    async throws
{
    let scratch = try Scratch()
    let clock = HandClock()
    var options = EmbeddedLog.Options()
    options.retentionChunk = 3
    let log = try EmbeddedLog(path: scratch.path, options: options, now: { clock.now })
    let kept = TopicName("kept")!
    try await log.create([
        TopicSpecification(name: trips, partitions: 2, retentionMilliseconds: 1_000),
        TopicSpecification(name: kept, partitions: 1),
    ])
    // Times of offsets 0…9 in partition 0; offset 8 is old but behind a young one.
    for time: Int64 in [0, 100, 50, 200, 300, 400, 450, 2_000, 300, 2_100] {
        clock.set(time)
        _ = try await log.append([
            newRecord("\(time)"), newRecord("k", to: TopicPartition(kept, 0)),
        ])
    }
    for round in 0..<2 {
        #expect(try await log.enforceRetention(now: 1_450) == (round == 0 ? 6 : 0))
        #expect(try await log.offsets(of: trips)[trips0] == 6..<10)
        #expect(texts(try await all(log)) == ["450", "2000", "300", "2100"])
    }
    #expect(try await log.enforceRetention(now: 1_451) == 1)
    #expect(try await log.offsets(of: trips)[trips0] == 7..<10)
    #expect(try await log.offsets(of: kept)[TopicPartition(kept, 0)] == 0..<10)
    await #expect(
        throws: LogError.offsetOutOfRange(Position(trips0, offset: 6), available: 7..<10)
    ) { try await log.read(from: [trips0: 6], limit: ReadLimit(), wait: .zero) }
    #expect(try await log.offsets(of: trips, at: 2_050)[trips0] == 9)
    #expect(try await log.offsets(of: trips, at: 0)[trips0] == 7)

    #expect(try await log.enforceRetention(now: 10_000) == 3)
    #expect(try await log.offsets(of: trips)[trips0] == 10..<10)
    #expect(try await log.offsets(of: trips, at: 0)[trips0] == 10)
    clock.set(10_000)
    #expect(try await log.append([newRecord("new")]).map(\.offset) == [10])
    await log.close()
    try checkIntegrity(scratch.path)
}

@Test func `retention is enforced again and again until it is cancelled`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try EmbeddedLog(path: scratch.path, now: { clock.now })
    try await log.create([
        TopicSpecification(name: trips, partitions: 1, retentionMilliseconds: 1_000)
    ])
    let keeping = Task {
        await log.enforceRetention(every: .milliseconds(5), now: { clock.now }) { error in
            Issue.record("\(error)")
        }
    }
    for round: Int64 in 1...3 {
        _ = try await log.append([newRecord("x")])
        clock.set(clock.now + 2_000)
        try await eventually("round \(round)") {
            try await log.offsets(of: trips)[trips0] == round..<round
        }
    }
    keeping.cancel()
    await keeping.value
    await log.close()
}

@Test func `retention gives room back`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    var options = EmbeddedLog.Options()
    options.passiveCheckpointBytes = 1
    options.truncatingCheckpointBytes = 2
    let log = try EmbeddedLog(path: scratch.path, options: options, now: { clock.now })
    try await log.create([
        TopicSpecification(name: trips, partitions: 1, retentionMilliseconds: 1_000)
    ])
    let text = String(repeating: "x", count: 1_000)
    for _ in 0..<10 { _ = try await log.append((0..<500).map { _ in newRecord(text) }) }
    let full = log.diskBytes()
    #expect(try await log.enforceRetention(now: clock.now + 5_000) == 5_000)
    // The last checkpoint comes after its caller was answered.
    try await eventually("room") { log.diskBytes() < full / 4 }
    await log.close()
}

@Test func `an offset by time is found across many marks`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try EmbeddedLog(path: scratch.path, now: { clock.now })
    try await log.create([TopicSpecification(name: trips, partitions: 1)])
    // 20 batches of 1,000; the clock steps back by 5 s before every fourth one.
    var times: [Int64] = []
    for batch: Int64 in 0..<20 {
        let time = 1_000_000 + batch * 1_000 - (batch % 4 == 3 ? 5_000 : 0)
        clock.set(time)
        _ = try await log.append((0..<1_000).map { _ in newRecord("x") })
        times.append(time)
    }
    for time in times.flatMap({ [$0 - 1, $0, $0 + 1] }) {
        let batch = times.firstIndex { $0 >= time } ?? 20
        #expect(try await log.offsets(of: trips, at: time)[trips0] == Int64(batch) * 1_000)
    }
    await log.close()
}

@Test func `a topic's retention is changed for every process that has the log open`() async throws {
    let scratch = try Scratch()
    let clock = HandClock()
    let log = try EmbeddedLog(path: scratch.path, now: { clock.now })
    let other = try EmbeddedLog(path: scratch.path, now: { clock.now })
    var topic = TopicSpecification(name: trips, partitions: 1)
    try await log.create([topic])
    clock.set(0)
    _ = try await log.append([newRecord("old")])
    #expect(try await other.enforceRetention(now: 10_000) == 0)
    topic.retentionMilliseconds = 1_000
    topic.isCompacted = true
    for _ in 0..<2 { try await log.change([topic]) }
    #expect(try await other.topics() == [topic])
    #expect(try await other.enforceRetention(now: 10_000) == 1)
    topic.retentionMilliseconds = nil
    try await other.change([topic])
    #expect(try await log.topics() == [topic])

    topic.partitions = 2
    await #expect(throws: LogError.partitionsDiffer(topic: trips, has: 1, wanted: 2)) {
        try await log.change([topic])
    }
    topic.name = TopicName("nothing")!
    await #expect(throws: LogError.unknownPartition(TopicPartition(topic.name, 0))) {
        try await log.change([topic])
    }
    await log.close()
    await other.close()
}
