import EmbeddedLog
import EventLog
import Foundation
import Loopback
import Projection
import Testing
import Topics
import Trips
import Web

@testable import Reader

@Suite struct ProjectorTests {
    private let halfHour: Int64 = 1_800_000

    @Test
    func
        `a trip without an end is complete after half an hour, and under way again after an upload`()
        async throws
    {
        try await Installation.run(now: 1_767_225_700_000) { installation in
            let first = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .points(points(0..<20))))
            try await installation.score(message("t1"), after: first)
            func status() async throws -> String {
                let body = try await installation.get("/v1/trips/t1").body
                return body.contains(#""status":"driving""#) && body.contains(#""endedAt":null"#)
                    ? "driving"
                    : body.contains(#""status":"complete""#)
                        && body.contains(#""endedAt":"2026-01-01T00:00:19.250Z""#)
                        ? "complete" : body
            }
            try await until("it drives") { try await status() == "driving" }
            let known = try await installation.get("/v1/trips/t1")["etag"]
            installation.advance(to: 1_767_225_700_000 + halfHour - 1)
            let second = try await installation.upload(
                "t2", Upload(user: user("b"), content: .start))
            try await installation.score(message("t2"), after: second)
            try await until("t2") { try await installation.get("/v1/trips/t2").status == 200 }
            #expect(try await status() == "driving")
            installation.advance(to: 1_767_225_700_000 + halfHour)
            try await until("it is over") { try await status() == "complete" }
            #expect(try await installation.get("/v1/trips/t1")["etag"] != known)
            let list = try await installation.get("/v1/trips?status=complete").body
            #expect(list.contains(#""id":"t1""#) && !list.contains(#""id":"t2""#))
            let third = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .points(points(20..<30))))
            try await installation.score(message("t1"), after: third)
            try await until("it drives again") { try await status() == "driving" }
        }
    }

    @Test func `a damaged projection is filled again from the log while it serves`() async throws {
        try await Installation.run { installation in
            let last = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .points(points(0..<20))))
            try await installation.score(message("t1"), after: last)
            let after = ["Tacho-Read-After": last.description]
            let before = try await installation.get("/v1/trips/t1", after)
            #expect(before.status == 200)
            let file = try FileHandle(
                forWritingTo: URL(fileURLWithPath: installation.projection.path))
            let wal = try FileHandle(
                forWritingTo: URL(fileURLWithPath: installation.projection.path + "-wal"))
            // What reads come upon: pages of the log and of the file are no pages any more.
            for handle in [file, wal] {
                let size = try handle.seekToEnd()
                try handle.seek(toOffset: 0)
                try handle.write(contentsOf: Data(repeating: 0xa5, count: Int(size)))
            }
            let next = try await installation.upload(
                "t2", Upload(user: user("ann"), content: .start))
            try await installation.score(message("t2"), after: next)
            try await until("both are there") {
                let one = try await installation.get("/v1/trips/t1")
                let two = try await installation.get("/v1/trips/t2")
                return one.status == 200 && two.status == 200 && one.body == before.body
            }
        }
    }

    @Test func `a projection of another log is filled again`() async throws {
        try await Installation.run { installation in
            let last = try await installation.upload("t1", Upload(user: user("a"), content: .start))
            var batch = ProjectionBatch()
            batch.positions[last.topicPartition] = 1_000
            batch.progress[last.topicPartition.partition] = 1_000
            try installation.projection.apply(batch)
            let projector = Projector(log: installation.log, projection: installation.projection) {
                0
            }
            let run = Task { try await projector.run() }
            try await until("it begins anew") {
                installation.projection.positions[last.topicPartition] == 1
            }
            run.cancel()
            try await run.value
        }
    }

    @Test func `readiness waits for what was there at the start`() async throws {
        try await Installation.run { installation in
            let reader = Reader(versions: installation.versions)
            try await until("it is ready") { reader.readiness() == .ready }
            let idle = Projector(log: installation.log, projection: installation.projection) { 0 }
            let waiting = Reader(versions: ServedVersions(live: idle))
            guard case .waiting = waiting.readiness() else {
                Issue.record("ready without a projector that runs")
                return
            }
        }
    }

    @Test func `a record that no scorer writes is passed over, and the rest goes on`() async throws
    {
        try await Installation.run { installation in
            let position = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .start))
            let scores = TopicPartition(
                Topics.tripScores(.first).name, position.topicPartition.partition)
            _ = try await installation.log.append([
                NewRecord(to: scores, key: Array("t1".utf8), value: [0xff]),
                NewRecord(to: scores, key: Array("no trip".utf8), value: []),
                NewRecord(to: position.topicPartition, key: [0xff], value: nil),
            ])
            try await installation.score(message("t1"), after: position)
            try await until("t1") { try await installation.get("/v1/trips/t1").status == 200 }
        }
    }

    @Test func `errors are told apart by what is to be done`() {
        let source = TopicPartition(Topics.tripUploads.name, 0)
        let position = Position(source, offset: 5)
        #expect(
            ProjectorFailure(LogError.offsetOutOfRange(position, available: 9..<12))
                == .skip(source, to: 9))
        guard
            case .remake = ProjectorFailure(
                LogError.offsetOutOfRange(position, available: 0..<3))
        else {
            Issue.record("a log that ends earlier is another log")
            return
        }
        #expect(ProjectorFailure(LogError.unusable(reason: "x")) == .stop)
        #expect(ProjectorFailure(LogError.unavailable(reason: "x")) == .waitItOut("x"))
    }

    @Test func `live streams tell of changes, and come back where they were`() async throws {
        try await Installation.run { installation in
            let first = try await installation.upload(
                "t1", Upload(user: user("a"), content: .start))
            try await installation.score(message("t1"), after: first)
            try await until("t1") { try await installation.get("/v1/trips/t1").status == 200 }
            let fresh = try await installation.stream(
                "/v1/trips/t1/live", until: "\n\n", of: "data:")
            #expect(fresh.contains("id: \(first)\nevent: trip\ndata: {\"id\":\"t1\""))
            // One that has seen everything hears of the next change only.
            async let waiting = installation.stream(
                "/v1/trips/t1/live", ["Last-Event-ID": first.description], until: "20.5",
                of: "\"durationSeconds\":")
            try await until("it listens") { installation.versions.feed.listenerCount > 0 }
            var changed = message("t1")
            changed.endedAtMs = changed.startedAtMs + 20_500
            let second = try await installation.upload(
                "t1", Upload(user: user("a"), content: .start))
            try await installation.score(changed, after: second)
            let told = try await waiting
            #expect(!told.contains("id: \(first)\n"))
            #expect(told.contains("id: \(second)\nevent: trip"))
            let resumed = try await installation.stream(
                "/v1/live", ["Last-Event-ID": first.description], until: "20.5",
                of: "\"durationSeconds\":")
            #expect(resumed.contains("id: \(second)\nevent: trip"))
            #expect(
                try await installation.get("/v1/live", ["Last-Event-ID": "x"]).status == 400)
            try await until("nobody listens") { installation.versions.feed.listenerCount == 0 }
        }
    }

    @Test func `a listener that falls behind is dropped`() async throws {
        let feed = LiveFeed(live: .first)
        let stream = try #require(feed.listen(to: nil)?.news)
        let row = TripRow(
            trip: TripID("t")!, user: "u", status: .driving, sortMilliseconds: 0, partition: 0,
            lastUpload: 0, lastUploadMilliseconds: 0)
        for _ in 0...LiveFeed.queueLimit { feed.tell([LiveFeed.Change(row)], of: .first) }
        var taken = 0
        for await _ in stream { taken += 1 }
        #expect(taken == LiveFeed.queueLimit)
        #expect(feed.listenerCount == 0)
    }
}

extension Installation {
    /// What a stream says until a mark comes that follows another.
    func stream(
        _ path: String, _ fields: [String: String] = [:], until end: String, of mark: String
    ) async throws -> String {
        try await Answer.ask(
            port: servedPort, "GET", path, fields: fields.map { ($0, $1) }
        ) { text in
            text.range(of: mark, options: .backwards).map { text[$0.upperBound...].contains(end) }
                ?? false
        }.body
    }
}
