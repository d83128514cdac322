import EmbeddedLog
import EventLog
import Pipeline
import Testing
import Topics

@Test(arguments: (1...5).map { ($0, Engine.embedded) } + [(2, .kafka)])
func `a crash at any commit leaves nothing twice and nothing out`(
    crash: Int, engine: Engine
) async throws {
    let there = try await filled(engine, seed: UInt64(crash))
    let settings = there.settings(1, batch: 9)
    let faulty = FaultyLog(there.log, failCommits: [], loseCommit: crash)
    await #expect(throws: LogError.self) { try await there.score(settings, on: faulty) }
    try await there.score(settings)
    try await expectOnce(there, seed: crash)
}

@Test(arguments: 6...8)
func `a commit that fails in passing leaves nothing twice and nothing out`(
    seed: Int
) async throws {
    let there = try await filled(seed: UInt64(seed))
    let everyOther = Set(stride(from: 1, to: 1_000, by: 2))
    let faulty = FaultyLog(there.log, failCommits: everyOther, loseCommit: .max)
    try await there.score(there.settings(1, batch: 9), on: faulty)
    try await expectOnce(there, seed: seed)
}

private func filled(_ engine: Engine = .embedded, seed: UInt64) async throws -> Installation {
    let there = try await Installation(engine, versions: [1, 2])
    let traffic = Traffic(seed: seed, trips: 9, pointsEach: 80)
    for (trip, upload) in traffic.uploads { try await there.append(trip, upload) }
    return there
}

/// Version 1 has told of every upload once, and has come to what an undisturbed version comes to.
private func expectOnce(_ there: Installation, seed: Int) async throws {
    var progress: [Int: Int64] = [:]
    var last: [[UInt8]: Int64] = [:]
    for record in try await there.records(of: Topics.tripScores(.first).name) {
        let partition = record.position.topicPartition.partition
        if record.key == Array(Topics.progressKey.utf8) {
            let next = try Topics.progress(.first).decode(record.value ?? []).nextOffset
            #expect(next > progress[partition] ?? 0, "\(record.position), seed \(seed)")
            progress[partition] = next
        } else {
            let text = String(decoding: record.header(TachoHeader.lastUpload) ?? [], as: UTF8.self)
            let upload = try #require(Int64(text))
            #expect(upload > last[record.key] ?? -1, "\(record.position), seed \(seed)")
            #expect(upload >= progress[partition] ?? 0, "\(record.position), seed \(seed)")
            last[record.key] = upload
        }
    }
    try await there.score(there.settings(2))
    #expect(try await there.results(1) == there.results(2), "seed \(seed)")
    let letters = try await there.deadLetters(1)
    #expect(!letters.isEmpty)
    #expect(try await letters == there.deadLetters(2), "seed \(seed)")
}
