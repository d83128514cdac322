import EmbeddedLog
import EventLog
import Foundation
import Pipeline
import Testing
import Topics

/// Everything that can go goes, as if it were old.
private func compactAll(_ log: EmbeddedLog) async throws {
    for _ in 0..<2 { try await log.compact(now: systemMilliseconds() + 100_000_000) }
}

@Test(arguments: [UInt64(5), 6])
func `a scorer that goes on from compacted topics gives the same results`(
    seed: UInt64
) async throws {
    let traffic = Traffic(seed: seed, trips: 24, pointsEach: 240)
    var options = EmbeddedLog.Options()
    options.compaction.dirtyRatio = 0
    options.compaction.dirtyRecords = 1
    let there = try await Installation(versions: [1, 2], options: options)
    let third = traffic.uploads.count / 3
    for (round, first) in stride(from: 0, to: traffic.uploads.count, by: third).enumerated() {
        for (trip, upload) in traffic.uploads[first...].prefix(third) {
            try await there.append(trip, upload)
        }
        // Compacted while nobody scores; and the index is made from what is left, each time.
        var settings = there.settings(1, batch: 7)
        settings.indexPath = there.folder.appending(path: "index.\(round).sqlite").path
        settings.pointsInMemory = 500
        try await there.score(settings)
        let before = try await there.results(1)
        try await compactAll(there.embedded)
        #expect(try await there.results(1) == before, "seed \(seed), round \(round)")
    }
    try await there.score(there.settings(2))
    #expect(try await there.results(1) == there.results(2), "seed \(seed)")
    #expect(try await there.deadLetters(1) == there.deadLetters(2), "seed \(seed)")

    let scores = Topics.tripScores(.first).name
    let kept = try await there.records(of: scores)
    let keys = kept.map { [UInt8($0.position.topicPartition.partition)] + $0.key }
    #expect(Set(keys).count == keys.count, "once each")
    let progress = kept.filter { $0.key == Array(Topics.progressKey.utf8) }
    #expect(progress.count == Installation.partitions, "one progress a partition")
    // Each is the last word of its partition.
    for record in progress {
        let source = record.position.topicPartition
        let end = try await there.log.offsets(of: scores)[source]?.upperBound
        #expect(record.position.offset + 1 == end)
    }
}
