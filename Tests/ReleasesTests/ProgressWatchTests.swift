import EmbeddedLog
import EventLog
import Foundation
import ReleasePlans
import Releases
import Testing
import Topics

/// A log with the topics of versions 1 and 2, gone when the test is over.
private final class Fixture: Sendable {
    let folder: URL
    let log: EmbeddedLog
    static let partitions = 2

    init() async throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "tacho-releases-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        log = try EmbeddedLog(path: folder.appending(path: "log.sqlite").path)
        try await log.create(Topics.sources(partitions: Self.partitions))
        try await log.create(Topics.derived(two, partitions: Self.partitions))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func upload(_ count: Int, to partition: Int) async throws {
        for _ in 0..<count {
            _ = try await log.append([
                NewRecord(
                    to: TopicPartition(Topics.tripUploads.name, partition), key: [1], value: [2])
            ])
        }
    }

    /// Writes scores, and the progress behind them.
    func score(_ partition: Int, upTo offset: Int64, scores: Int = 1) async throws {
        let source = TopicPartition(Topics.tripScores(two).name, partition)
        var progress = Tacho_V1_Progress()
        progress.nextOffset = offset
        let written = (0..<scores).map { number in
            NewRecord(to: source, key: Array("trip \(number)".utf8), value: [])
        }
        _ = try await log.append([
            Topics.progress(two).record(
                partition: partition, key: Topics.progressKey, value: progress)
        ])
        if !written.isEmpty { _ = try await log.append(written) }
    }

    /// Version 2, staged on the log.
    func staged(starts: [Int: Int64] = [:]) async throws -> ReleasedVersion {
        var releases = ReleaseHistory()
        let topic = ReleaseLog(log)
        var first = Tacho_V1_Release()
        first.version = 1
        first.step = .promoted
        _ = try await topic.append(first, to: &releases)
        var second = Tacho_V1_Release()
        second.version = 2
        second.step = .staged
        second.starts = starts.map { partition, offset in
            var start = Tacho_V1_StartOffset()
            start.partition = UInt32(partition)
            start.offset = offset
            return start
        }
        _ = try await topic.append(second, to: &releases)
        return try #require(releases.versions[two])
    }
}

private let two = Version(2)!

@Suite struct ProgressWatchTests {
    @Test func `what a version has come to is what its last progress says`() async throws {
        let fixture = try await Fixture()
        try await fixture.upload(5, to: 0)
        try await fixture.upload(2, to: 1)
        var watch = ProgressWatch(of: try await fixture.staged(), on: fixture.log)
        let before = try await watch.look(now: systemMilliseconds())
        #expect(before.left == 7)
        #expect(before.ends == [0: 5, 1: 2])
        #expect(before.members == 0)
        try await fixture.score(0, upTo: 3)
        try await fixture.score(0, upTo: 4)
        let between = try await watch.look(now: systemMilliseconds() + 10_000)
        #expect(between.partitions[0]?.position == 4)
        #expect(between.partitions[0]?.left == 1)
        #expect(between.partitions[1]?.left == 2)
        #expect(between.lagSeconds >= 10)
        try await fixture.score(0, upTo: 5)
        try await fixture.score(1, upTo: 2)
        let after = try await watch.look(now: systemMilliseconds() + 10_000)
        #expect(after.left == 0)
        #expect(after.lagSeconds == 0)
    }

    @Test func `progress is found behind whatever was scored after it`() async throws {
        let fixture = try await Fixture()
        try await fixture.upload(4, to: 1)
        try await fixture.score(1, upTo: 2, scores: 700)
        var watch = ProgressWatch(of: try await fixture.staged(), on: fixture.log)
        #expect(try await watch.look(now: 0).partitions[1]?.position == 2)
        try await fixture.score(1, upTo: 4, scores: 70)
        #expect(try await watch.look(now: 0).partitions[1]?.position == 4)
    }

    @Test func `a version with starts is whole once each partition has come to its start`()
        async throws
    {
        let fixture = try await Fixture()
        try await fixture.upload(4, to: 0)
        try await fixture.upload(4, to: 1)
        var watch = ProgressWatch(
            of: try await fixture.staged(starts: [0: 3, 1: 4]), on: fixture.log)
        let before = try await watch.look(now: 0)
        #expect(before.unseeded == [0, 1])
        #expect(before.left == 1)
        try await fixture.score(1, upTo: 4, scores: 0)
        #expect(try await watch.look(now: 0).unseeded == [0])
        try await fixture.score(0, upTo: 4)
        #expect(try await watch.look(now: 0).unseeded == [])
    }

    @Test func `a start at the first upload kept has nothing to take over`() async throws {
        let fixture = try await Fixture()
        try await fixture.upload(4, to: 0)
        var watch = ProgressWatch(
            of: try await fixture.staged(starts: [0: 0, 1: 0]), on: fixture.log)
        let standing = try await watch.look(now: 0)
        #expect(standing.unseeded == [])
        #expect(standing.left == 4)
    }

    @Test func `of two that release at once one wins, and the other is told who`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.staged()
        let topic = ReleaseLog(fixture.log)
        var mine = try await topic.history()
        var theirs = mine
        var promotion = Tacho_V1_Release()
        promotion.version = 2
        promotion.step = .promoted
        promotion.by = "they"
        _ = try await topic.append(promotion, to: &theirs)
        promotion.step = .retired
        promotion.by = "I"
        do {
            _ = try await topic.append(promotion, to: &mine)
            Issue.record("the second one was not refused")
        } catch let overtaken as Overtaken {
            #expect(overtaken.by?.release.by == "they")
        }
        #expect(mine.live == two)
        #expect(mine.entries.last?.void == .overtaken)
    }
}
