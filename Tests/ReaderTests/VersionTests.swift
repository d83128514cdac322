import EventLog
import Foundation
import Loopback
import Testing
import Topics
import Trips

@testable import Reader

/// The trip as the second version has it.
private func other(_ trip: String, readings: UInt32 = 20) -> Tacho_V1_TripScore {
    var other = message(trip)
    other.score = 44
    other.quality.readings = readings
    return other
}

extension Installation {
    /// A trip that both versions have scored after one upload.
    fileprivate func scored(_ trip: String) async throws -> Position {
        let position = try await upload(trip, Upload(user: user("ann"), content: .start))
        try await score(message(trip), after: position)
        try await score(other(trip), after: position, version: .second)
        return position
    }

    fileprivate func bothServe() async throws -> Bool {
        let second = try await version("/v1/trips/t1", ["Tacho-Version": "2"])
        let live = try await version("/v1/trips/t1")
        return second == "200 2" && live == "200 1"
    }

    fileprivate func version(_ path: String, _ fields: [String: String] = [:]) async throws
        -> String
    {
        let answer = try await get(path, fields)
        return "\(answer.status) \(answer["tacho-version"] ?? "-")"
    }
}

/// Several versions behind one address, and another one that becomes live.
@Suite struct VersionTests {
    @Test func `a request gets the live version, or the one that it names`() async throws {
        try await Installation.run { installation in
            let position = try await installation.scored("t1")
            try await installation.alongside(.second) { projector in
                try await until("both are there") {
                    try await installation.bothServe()
                }
                for path in ["/v1/trips", "/v1/trips/t1/events", "/v1/users/ann"] {
                    #expect(try await installation.version(path) == "200 1")
                    #expect(try await installation.version(path, ["Tacho-Version": "2"]) == "200 2")
                }
                let missing = try await installation.get("/v1/trips/t1", ["Tacho-Version": "3"])
                #expect(missing.status == 404)
                #expect(missing.body.contains("\"served\":[1,2]"))
                #expect(
                    try await installation.version("/v1/trips/t1", ["Tacho-Version": "x"])
                        == "400 1")
                #expect(await installation.versions.turn(to: .second))
                let turned = try await installation.get("/v1/trips/t1")
                #expect(turned["tacho-version"] == "2")
                #expect(
                    turned.body.contains("\"version\":2") && turned.body.contains("\"score\":44"))
                #expect(
                    try await installation.version("/v1/trips/t1", ["Tacho-Version": "1"])
                        == "200 1")
                // What is visible in one is visible in the other.
                let read = try await installation.version(
                    "/v1/trips/t1", ["Tacho-Read-After": position.description])
                #expect(read == "200 2")
                #expect(await installation.versions.turn(to: .first))
                installation.versions.remove(.second)
                #expect(
                    try await installation.version("/v1/trips/t1", ["Tacho-Version": "2"])
                        == "404 1")
                #expect(try await installation.version("/v1/trips/t1") == "200 1")
                installation.versions.remove(.first)
                #expect(try await installation.version("/v1/trips/t1") == "200 1")
            }
        }
    }

    @Test func `a version becomes live once it shows all that was shown, and the one before waits`()
        async throws
    {
        try await Installation.run(answers: .quick) { installation in
            _ = try await installation.scored("t1")
            try await installation.alongside(.second) { projector in
                let next = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .start))
                var ahead = message("t1")
                ahead.quality.readings = 30
                try await installation.score(ahead, after: next)
                try await until("the live one is ahead") {
                    try await installation.get("/v1/trips/t1").body.contains("\"readings\":30")
                }
                try await until("the other can serve") { projector.lag != nil }
                let isEarly = await installation.versions.turn(to: .second)
                #expect(!isEarly)
                #expect(try await installation.version("/v1/trips/t1") == "200 1")
                // It goes on as before after a turn that came to nothing.
                let third = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .start))
                ahead.quality.readings = 31
                try await installation.score(ahead, after: third)
                try await until("it goes on") {
                    try await installation.get("/v1/trips/t1").body.contains("\"readings\":31")
                }
                async let turned = installation.versions.turn(to: .second)
                try await installation.score(
                    other("t1", readings: 31), after: third, version: .second)
                #expect(await turned)
                let answer = try await installation.get("/v1/trips/t1").body
                #expect(answer.contains("\"version\":2") && answer.contains("\"readings\":31"))
            }
        }
    }

    @Test func `who waits for an upload is answered by the version that becomes live`() async throws
    {
        try await Installation.run { installation in
            _ = try await installation.scored("t1")
            try await installation.alongside(.second) { projector in
                let next = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .start))
                try await installation.score(
                    other("t1", readings: 30), after: next, version: .second)
                try await until("the other has it") {
                    projector.visibility.next(of: next.topicPartition.partition) == next.offset + 1
                }
                async let waiting = installation.get(
                    "/v1/trips/t1", ["Tacho-Read-After": next.description])
                try await until("it waits") { installation.projector.visibility.waiterCount == 1 }
                #expect(await installation.versions.turn(to: .second))
                let answer = try await waiting
                #expect(answer.status == 200 && answer["tacho-version"] == "2")
                #expect(answer.body.contains("\"readings\":30"))
            }
        }
    }

    @Test func `live streams go on in the version that becomes live, and say so`() async throws {
        try await Installation.run { installation in
            let first = try await installation.scored("t1")
            try await installation.alongside(.second) { projector in
                try await until("both are there") {
                    try await installation.bothServe()
                }
                let seen = ["Last-Event-ID": first.description]
                async let one = installation.stream(
                    "/v1/trips/t1/live", seen, until: "\n\n", of: "\"readings\":30")
                async let all = installation.stream(
                    "/v1/live", until: "\n\n", of: "\"readings\":30")
                async let named = installation.stream(
                    "/v1/live", ["Tacho-Version": "1"], until: "\n\n", of: "\"readings\":29")
                try await until("they listen") { installation.versions.feed.listenerCount == 3 }
                // The second is ahead of what the first has shown: that is told as well.
                let next = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .start))
                try await installation.score(
                    other("t1", readings: 28), after: next, version: .second)
                try await until("the second is ahead") {
                    projector.visibility.next(of: next.topicPartition.partition) == next.offset + 1
                }
                #expect(await installation.versions.turn(to: .second))
                var behind = message("t1")
                behind.quality.readings = 29
                try await installation.score(behind, after: next)
                let last = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .start))
                try await installation.score(
                    other("t1", readings: 30), after: last, version: .second)
                for told in [try await one, try await all] {
                    let said = try #require(
                        told.range(of: "event: version\ndata: {\"version\":2}\n\n"))
                    #expect(!told[..<said.lowerBound].contains("\"version\":2}"))
                    #expect(!told[said.upperBound...].contains("\"version\":1}"))
                    #expect(told[said.upperBound...].contains("\"readings\":28"))
                    #expect(told.contains("id: \(last)\n"))
                }
                let other = try await named
                #expect(!other.contains("event: version") && !other.contains("\"version\":2}"))
            }
        }
    }
}
