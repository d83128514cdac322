import EventLog
import Loopback
import Projection
import Testing
import Topics
import Trips

@testable import Reader

@Suite struct ReadAfterTests {
    @Test func `reading waits until the upload is scored and read`() async throws {
        try await Installation.run(answers: .quick) { installation in
            let position = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .points(points(0..<20))))
            let after = ["Tacho-Read-After": position.description]
            let early = try await installation.get("/v1/trips/t1", after)
            #expect(early.status == 503)
            #expect(early["retry-after"] == "1")
            async let waiting = installation.get("/v1/trips/t1", after)
            try await installation.score(message("t1"), after: position)
            #expect(try await waiting.status == 200)
        }
    }

    @Test func `an upload that is read but not yet scored is not visible`() async throws {
        try await Installation.run(answers: .quick) { installation in
            func send(_ range: Range<Int64>) async throws -> Position {
                try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .points(points(range))))
            }
            try await installation.score(message("t1"), after: try await send(0..<20))
            let second = try await send(20..<30)
            try await until("the upload is read") {
                installation.projection.positions[second.topicPartition] ?? 0 > second.offset
            }
            let after = ["Tacho-Read-After": second.description]
            #expect(try await installation.get("/v1/trips/t1", after).status == 503)
            try await installation.score(message("t1"), after: second)
            #expect(try await installation.get("/v1/trips/t1", after).status == 200)
        }
    }

    @Test func `a bad position is refused, one of another topic too`() async throws {
        try await Installation.run { installation in
            for (position, status) in [
                ("x", 400), ("trip-uploads/1", 400), ("trip-uploads/-1@1", 400),
                ("trip-scores.v1/0@0", 422),
            ] {
                let answer = try await installation.get(
                    "/v1/trips", ["Tacho-Read-After": position])
                #expect(answer.status == status, "\(position)")
            }
        }
    }

    @Test func `a version that is not served is refused, naming the one that is`() async throws {
        try await Installation.run { installation in
            let other = try await installation.get("/v1/trips", ["Tacho-Version": "2"])
            #expect(other.status == 404)
            #expect(other.body.contains("\"served\":[1]"))
            #expect(try await installation.get("/v1/trips", ["Tacho-Version": "x"]).status == 400)
            #expect(try await installation.get("/v1/trips", ["Tacho-Version": "1"]).status == 200)
        }
    }

    @Test func `waiting ends with the time, the offset or the task, and leaves nothing`() async {
        let visibility = Visibility()
        visibility.rise(to: [1: 5])
        #expect(await visibility.wait(partition: 1, offset: 4, atMost: .zero) == .visible)
        #expect(await visibility.wait(partition: 1, offset: 5, atMost: .milliseconds(1)) == .late)
        async let risen = visibility.wait(partition: 1, offset: 7, atMost: .seconds(20))
        visibility.rise(to: [1: 7])
        visibility.rise(to: [1: 8])
        #expect(await risen == .visible)
        let task = Task { await visibility.wait(partition: 2, offset: 0, atMost: .seconds(20)) }
        task.cancel()
        #expect(await task.value == .late)
        #expect(visibility.waiterCount == 0)
    }

    @Test func `who begins to wait when another version is live already is sent on`() async {
        let visibility = Visibility()
        func wait(follows: Bool) async -> Visibility.Wait {
            await visibility.wait(
                partition: 0, offset: 0, atMost: .milliseconds(50), follows: follows)
        }
        visibility.moveOn()
        #expect(await wait(follows: true) == .moved)
        #expect(await wait(follows: false) == .late)
        visibility.comeBack()
        #expect(await wait(follows: true) == .late)
    }
}
