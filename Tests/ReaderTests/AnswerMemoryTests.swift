import EventLog
import Loopback
import Projection
import Testing
import Topics
import Trips

@testable import Reader

@Suite struct AnswerMemoryTests {
    private let paths = [
        "/v1/trips/t1", "/v1/trips/t1/events", "/v1/trips/t1/track", "/v1/trips/t1/track.csv",
        "/v1/trips", "/v1/trips?user=ann&limit=1",
    ]

    private func landed(_ installation: Installation) async throws -> [String: String] {
        let last = try await installation.upload(
            "t1", Upload(user: user("ann"), content: .points(points(0..<10))))
        try await installation.score(message("t1"), after: last)
        return ["Tacho-Read-After": last.description]
    }

    @Test func `who has an answer is told so without reading a document, remembered or not`()
        async throws
    {
        try await Installation.run { installation in
            var after = try await landed(installation)
            var tags: [String: String] = [:]
            for path in paths { tags[path] = try await installation.get(path, after)["etag"] }
            for round in 0..<3 {
                let before = installation.projection.documentCount
                for path in paths {
                    let known = after.merging(["If-None-Match": tags[path] ?? ""]) { $1 }
                    let answer = try await installation.get(path, known)
                    #expect(answer.status == 304, "\(path), round \(round)")
                }
                #expect(installation.projection.documentCount == before, "round \(round)")
                guard round == 1 else { continue }
                // The same is written again: what was remembered is of no use any more.
                let last = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .end))
                try await installation.score(message("t1"), after: last)
                after = ["Tacho-Read-After": last.description]
                for path in paths where path.contains("track") {
                    tags[path] = try await installation.get(path, after)["etag"]
                }
            }
        }
    }

    @Test func `what was read once is answered from memory until it changes`() async throws {
        try await Installation.run { installation in
            let after = try await landed(installation)
            var first: [String: Answer] = [:]
            for path in paths { first[path] = try await installation.get(path, after) }
            let before = installation.projection.documentCount
            for path in paths {
                let again = try await installation.get(path)
                #expect(again.body == first[path]?.body && again.status == 200, "\(path)")
                #expect(again["etag"] == first[path]?["etag"])
                #expect(again["tacho-version"] == "1" && again["link"] == first[path]?["link"])
            }
            #expect(installation.projection.documentCount == before)
        }
    }

    @Test func `what is remembered of others stays hidden from a driver`() async throws {
        try await Installation.run { installation in
            let after = try await landed(installation)
            let known = try await installation.get("/v1/trips/t1", after)["etag"] ?? ""
            for fields in [[:], ["If-None-Match": known]] {
                for path in ["/v1/trips/t1", "/v1/trips/t1/events", "/v1/trips/t1/track"] {
                    func status(_ driver: String) async throws -> Int {
                        try await installation.get(
                            path, fields.merging(["Test-Driver": driver]) { $1 }
                        ).status
                    }
                    #expect(try await status("bob") == 404, "\(path)")
                    #expect([200, 304].contains(try await status("ann")), "\(path)")
                    #expect(try await status("bob") == 404, "\(path), remembered")
                }
                let list = try await installation.get(
                    "/v1/trips", fields.merging(["Test-Driver": "bob"]) { $1 })
                #expect(list.body == #"{"trips":[],"next":null}"#)
            }
        }
    }

    @Test func `no answer is older than what a write before it left`() async throws {
        try await Installation.run { installation in
            for round in 0..<20 {
                let last = try await installation.upload(
                    "t1", Upload(user: user("ann"), content: .points(points(0..<10))))
                var message = message("t1")
                message.distanceM = Int64(round)
                try await installation.score(message, after: last)
                let wanted = "\"distanceMeters\":\(round),"
                for path in ["/v1/trips/t1", "/v1/trips", "/v1/trips?user=ann"] {
                    let waited = try await installation.get(
                        path, ["Tacho-Read-After": last.description])
                    #expect(waited.body.contains(wanted), "\(path)")
                    #expect(try await installation.get(path).body.contains(wanted), "\(path)")
                }
            }
            let last = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .deletion))
            try await installation.score(message("t1", status: .deleted), after: last)
            let gone = try await installation.get(
                "/v1/trips/t1", ["Tacho-Read-After": last.description])
            #expect(gone.status == 404)
            for path in paths.prefix(4) {
                #expect(try await installation.get(path).status == 404, "\(path)")
            }
            #expect(try await installation.get("/v1/trips").body == #"{"trips":[],"next":null}"#)
        }
    }

    @Test func `it never takes more than its limit, and keeps what is asked for`() async throws {
        try await Installation.run { installation in
            let memory = AnswerMemory(of: installation.projection, limit: 200_000)
            func key(_ number: Int) throws -> AnswerMemory.Key {
                .document(.trip, try #require(TripID("t\(number)")))
            }
            func keep(_ number: Int, bytes: Int) throws {
                let answer = AnswerMemory.Answer(
                    EntityTag(UInt64(number)), version: .first,
                    [UInt8](repeating: 7, count: bytes), type: "text/plain")
                memory.keep(answer, for: try key(number), memory.stamp(of: .user("nobody")))
            }
            try keep(0, bytes: 1_000)
            for number in 1..<500 {
                try keep(number, bytes: number * 7 % 3_000)
                #expect(memory.size <= 200_000)
                #expect(memory.answer(try key(0)) != nil, "asked for all the time")
            }
            #expect(memory.answer(try key(1)) == nil)
            try keep(1_000, bytes: 100_000)
            #expect(memory.answer(try key(1_000)) == nil, "too large to leave room for others")
        }
    }
}
