import EventLog
import Foundation
import Loopback
import Testing
import Topics
import Trips

@testable import Reader

@Suite struct TripRouteTests {
    private func landed(_ installation: Installation, _ trip: String = "t1") async throws
        -> Position
    {
        _ = try await installation.upload(
            trip, Upload(user: user("ann"), content: .points(points(0..<10))))
        let last = try await installation.upload(
            trip, Upload(user: user("ann"), content: .points(points(10..<20))))
        try await installation.score(message(trip), after: last)
        return last
    }

    @Test func `a trip reads as the interface says, number by number`() async throws {
        try await Installation.run { installation in
            let last = try await landed(installation)
            let answer = try await installation.get(
                "/v1/trips/t1", ["Tacho-Read-After": last.description])
            #expect(answer.status == 200)
            #expect(answer["tacho-version"] == "1")
            #expect(answer["content-type"] == "application/json")
            #expect(
                answer.body == """
                    {"id":"t1","user":"ann","name":"To work","status":"driving",\
                    "startedAt":"2026-01-01T00:00:00.000Z","endedAt":null,"distanceMeters":1234,\
                    "durationSeconds":19.25,"averageSpeedMps":13.8889,"maxSpeedMps":16.9444,\
                    "hardBrakes":1,"hardAccelerations":0,"hardCorners":0,"score":81,\
                    "unscorable":null,"rules":{"name":"default","version":1,"hash":"abc"},\
                    "breakdown":[{"cause":"shortDistance","points":6},\
                    {"cause":"hardBrake","count":1,"points":13}],\
                    "quality":{"readings":20,"used":19,"repaired":1,"largestGapSeconds":1,\
                    "problems":[{"kind":"jump","count":1}]},"version":1}
                    """)
            let events = try await installation.get("/v1/trips/t1/events")
            #expect(
                events.body == """
                    {"events":[{"id":"e1","trip":"t1","kind":"hardBrake","severity":"moderate",\
                    "startedAt":"2026-01-01T00:00:05.000Z","endedAt":"2026-01-01T00:00:07.400Z",\
                    "latitude":47.6397199,"longitude":-122.1306499,"peakMps2":-3.45,\
                    "speedBeforeMps":16.9444,"speedAfterMps":5,"points":13}]}
                    """)
        }
    }

    @Test func `a tag that is known gets 304 without a body, another one the document`()
        async throws
    {
        try await Installation.run { installation in
            let last = try await landed(installation)
            let after = ["Tacho-Read-After": last.description]
            for path in [
                "/v1/trips/t1", "/v1/trips/t1/events", "/v1/trips/t1/track.csv",
                "/v1/trips/t1/track", "/v1/trips", "/v1/users/ann",
            ] {
                let first = try await installation.get(path, after)
                let tag = try #require(first["etag"], "\(path)")
                #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && first.status == 200)
                for known in [tag, "\"x\", \(tag)", "W/\(tag)", "*"] {
                    let again = try await installation.get(path, ["If-None-Match": known])
                    #expect(again.status == 304, "\(path) \(known)")
                    #expect(again.body.isEmpty)
                    #expect(again["etag"] == tag)
                    #expect(again["tacho-version"] == "1")
                }
                #expect(try await installation.get(path, ["If-None-Match": "\"x\""]).status == 200)
            }
        }
    }

    @Test func `HEAD says what GET would, without the body`() async throws {
        try await Installation.run { installation in
            let last = try await landed(installation)
            let get = try await installation.get(
                "/v1/trips/t1", ["Tacho-Read-After": last.description])
            let head = try await installation.get("/v1/trips/t1", method: "HEAD")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head["etag"] == get["etag"])
            #expect(head["content-length"] == String(get.body.utf8.count))
            #expect(try await installation.get("/v1/trips/none", method: "HEAD").status == 404)
            #expect(try await installation.get("/v1/trips", method: "DELETE").status == 405)
        }
    }

    @Test func `what is not there is a problem of its own`() async throws {
        try await Installation.run { installation in
            for path in [
                "/v1/trips/none", "/v1/trips/none/events", "/v1/trips/none/track",
                "/v1/trips/n%20o", "/v1/users/nobody", "/v1/trips/none/live",
            ] {
                let answer = try await installation.get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer["content-type"] == "application/problem+json")
                #expect(answer["tacho-version"] == "1")
            }
        }
    }

    @Test func `a deleted trip is gone, and its user with the last one`() async throws {
        try await Installation.run { installation in
            let last = try await landed(installation)
            let after = ["Tacho-Read-After": last.description]
            #expect(try await installation.get("/v1/users/ann", after).status == 200)
            let deletion = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .deletion))
            try await installation.score(message("t1", status: .deleted), after: deletion)
            let gone = ["Tacho-Read-After": deletion.description]
            #expect(try await installation.get("/v1/trips/t1", gone).status == 404)
            #expect(try await installation.get("/v1/trips/t1/events").status == 404)
            #expect(try await installation.get("/v1/trips/t1/track").status == 404)
            #expect(try await installation.get("/v1/users/ann").status == 404)
            #expect(try await installation.get("/v1/trips").body == #"{"trips":[],"next":null}"#)
        }
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
        ("status=deleted", "status"), ("status=", "status"), ("cursor=x", "cursor"),
        ("cursor=1.a%20b", "cursor"), ("user=", "user"), ("user=a%00b", "user"),
    ])
    func `a bad parameter is named`(query: String, name: String) async throws {
        try await Installation.run { installation in
            let answer = try await installation.get("/v1/trips?\(query)")
            #expect(answer.status == 422)
            #expect(answer.body.contains("\"parameter\":\"\(name)\""))
        }
    }

    @Test func `a list goes on by its link to the last page`() async throws {
        try await Installation.run { installation in
            var last: Position?
            for number in 0..<5 {
                var message = message("t\(number)", user: "ann & bob")
                message.startedAtMs += Int64(number)
                last = try await installation.upload(
                    message.trip, Upload(user: user("ann & bob"), content: .start))
                try await installation.score(message, after: try #require(last))
            }
            for number in 0..<5 {
                try await until("t\(number)") {
                    try await installation.get("/v1/trips/t\(number)").status == 200
                }
            }
            var path: String? = "/v1/trips?limit=2&user=ann%20%26%20bob"
            var ids: [String] = []
            while let next = path {
                let answer = try await installation.get(next)
                let body = try JSONDecoder().decode(List.self, from: Data(answer.body.utf8))
                ids += body.trips.map(\.id)
                path = answer["link"].map { link in
                    #expect(link.hasSuffix(">; rel=\"next\""))
                    return String(link.dropFirst().prefix { $0 != ">" })
                }
                #expect((path == nil) == (body.next == nil))
            }
            #expect(ids == ["t4", "t3", "t2", "t1", "t0"])
        }
    }

    private struct List: Decodable {
        struct Trip: Decodable { var id: String }
        var trips: [Trip]
        var next: String?
    }

    @Test func `a user is the sum of the trips`() async throws {
        try await Installation.run { installation in
            let first = try await landed(installation, "t1")
            let second = try await landed(installation, "t2")
            _ = try await installation.get("/v1/trips", ["Tacho-Read-After": first.description])
            let answer = try await installation.get(
                "/v1/users/ann", ["Tacho-Read-After": second.description])
            #expect(
                answer.body == """
                    {"user":"ann","trips":2,"totalDistanceMeters":2468,\
                    "totalDurationSeconds":38.5,"hardBrakes":2,"hardAccelerations":0,\
                    "hardCorners":0,"rating":81,"version":1}
                    """)
        }
    }

    @Test func `a user's name may need escaping in the path`() async throws {
        try await Installation.run { installation in
            let last = try await installation.upload(
                "t1", Upload(user: user("Ünal / Co"), content: .start))
            try await installation.score(message("t1", user: "Ünal / Co"), after: last)
            let answer = try await installation.get(
                "/v1/users/%C3%9Cnal%20%2F%20Co", ["Tacho-Read-After": last.description])
            #expect(answer.status == 200)
        }
    }
}
