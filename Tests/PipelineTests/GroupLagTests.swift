import EmbeddedLog
import EventLog
import Operations
import Pipeline
import Testing
import Topics
import Trips

@Suite struct GroupLagTests {
    private let start = Upload(user: Traffic.owner, content: .start)

    private func status(_ there: Installation, now: Int64 = 0) async throws -> [GroupStatus] {
        try await GroupStatus.all(on: there.log, live: .first, now: now)
    }

    @Test func `lag is counted in records and from the oldest one left, a partition and a group`()
        async throws
    {
        let there = try await Installation()
        var positions: [Position] = []
        for trip in 0..<9 { positions.append(try await there.append("trip-\(trip)", start)) }
        let times = Dictionary(
            uniqueKeysWithValues: try await there.records(of: Topics.tripUploads.name).map {
                ($0.position, $0.timestampMilliseconds)
            })
        let now = (times.values.max() ?? 0) + 5_000
        let before = try #require(try await status(there, now: now).first)
        #expect(before.group == .scorers(of: .first))
        #expect(before.description.members == [])
        #expect(before.lag.records == 9)
        #expect(before.lag.seconds == Double(now - (times.values.min() ?? 0)) / 1_000)
        for (source, partition) in before.lag.partitions {
            let mine = positions.filter { $0.topicPartition == source }
            #expect(partition.records == mine.count)
            #expect(partition.oldestMilliseconds == mine.first.flatMap { times[$0] })
        }
        try await there.score(there.settings(1))
        let after = try #require(try await status(there, now: now).first)
        #expect(after.lag.records == 0)
        #expect(after.lag.seconds == 0)
    }

    @Test func `positions that nobody cuts into trips are told of`() async throws {
        let there = try await Installation()
        try await #expect(status(there).map(\.group) == [.scorers(of: .first)])
        let record = Topics.devicePoints.record(
            partition: 2, key: "ann\u{0}phone",
            value: Upload(
                user: Traffic.owner,
                content: .points([
                    Point(timeMilliseconds: 1_790_000_000_000, latitudeE7: 1, longitudeE7: 1)
                ])))
        _ = try await there.log.append([record])
        let last = try #require(try await status(there).last)
        #expect(last.group == .cutters)
        #expect(last.lag.records == 1)
        #expect(last.description.state == "empty")
    }

    @Test func `offsets without records are no lag`() async throws {
        let there = try await Installation()
        let position = try await there.append("t", start)
        try await there.append("t", start)
        let log = FaultyLog(there.log, marks: 3)
        for (read, left) in [(0, 5), (1, 4), (2, 0)] as [(Int64, Int64)] {
            try await there.log.note([position.topicPartition: read], readBy: "reader.v1.a")
            let all = try await GroupStatus.all(on: log, live: .first, now: 0)
            let lag = try #require(all.last?.lag)
            #expect(lag.group.name == "reader.v1.a")
            #expect(lag.partitions[position.topicPartition]?.records == left)
            #expect(lag.records == left, "empty partitions with marks are no lag either")
        }
    }

    @Test func `groups of others are left out, and those of every version are told`() async throws {
        let there = try await Installation(versions: [1, 2])
        let position = try await there.append("t", start)
        for group in ["reader.v1.b", "somebody", "reader.v2.a"] {
            try await there.log.note([position.topicPartition: 0], readBy: group)
        }
        let member = try await there.log.join(
            group: "scorer.v2", topics: [Topics.tripUploads.name], member: "worker")
        let all = try await status(there)
        #expect(
            all.map(\.group.name) == ["scorer.v1", "reader.v1.b", "scorer.v2", "reader.v2.a"])
        #expect(all[2].description.members.map(\.name) == ["worker"])
        #expect(all[2].isHeld(position.topicPartition))
        #expect(!all[0].isHeld(position.topicPartition))
        // Uploads and scores, and the one partition of users.
        #expect(all[3].lag.partitions.count == 2 * Installation.partitions + 1)
        await member.leave()
    }

    @Test func `a group with a member that does not move stalls, and one without stops`()
        async throws
    {
        let there = try await Installation()
        try await there.append("t", start)
        let member = try await there.log.join(
            group: "scorer.v1", topics: [Topics.tripUploads.name], member: "worker")
        var watch = LagWatch(size: 3)
        for look in 1...3 {
            let all = try await status(there)
            watch.add(all)
            #expect(watch.state(of: all[0]) == (look < 3 ? nil : .err))
        }
        let held = try #require(try await status(there).first)
        #expect(watch.states(of: held).values.contains(.stall))
        await member.leave()
        let alone = try #require(try await status(there).first)
        #expect(watch.states(of: alone).values.contains(.stop))
        try await there.score(there.settings(1))
        let done = try await status(there)
        watch.add(done)
        #expect(watch.state(of: done[0]) == .ok)
    }

    @Test func `latency runs from an upload to the score of it`() async throws {
        let there = try await Installation()
        #expect(try await ScoreLatency(of: .first, on: there.log).milliseconds == [])
        for trip in 0..<5 { try await there.append("trip-\(trip)", start) }
        try await there.score(there.settings(1))
        let latency = try await ScoreLatency(of: .first, on: there.log)
        #expect(latency.milliseconds.count == 5)
        let scores = try await there.records(of: Topics.tripScores(.first).name)
        let uploads = try await there.records(of: Topics.tripUploads.name)
        let first = uploads.map(\.timestampMilliseconds).min() ?? 0
        let last = scores.map(\.timestampMilliseconds).max() ?? 0
        #expect(latency.milliseconds.allSatisfy { (0...last - first).contains($0) })
        #expect(
            try await ScoreLatency(of: Installation.version(9), on: there.log).milliseconds == [])
    }
}
