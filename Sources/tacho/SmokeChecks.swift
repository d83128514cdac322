import EventLog
import Foundation
import Simulator

/// The checks one by one; each tells what it looked at, or throws.
extension Smoke {
    private static let members = [
        "id", "user", "name", "status", "startedAt", "endedAt", "distanceMeters",
        "durationSeconds", "averageSpeedMps", "maxSpeedMps", "hardBrakes", "hardAccelerations",
        "hardCorners", "score", "unscorable", "rules", "breakdown", "quality", "version",
    ]
    private static let kinds = [
        "hardBrake": "hardBrakes", "hardAcceleration": "hardAccelerations",
        "hardCorner": "hardCorners",
    ]
    /// How often two answers are asked for until they are of one moment.
    private static let tries = 5

    func documents(_ trips: [JSONValue]) async throws -> String {
        for trip in trips {
            let path = try Self.path(of: trip)
            try check(try await document(path), path, id: trip["id"])
        }
        return "\(trips.count) documents are whole"
    }

    private func check(_ trip: JSONValue, _ path: String, id: JSONValue?) throws {
        for member in Self.members where trip[member] == nil {
            throw SmokeFailure(path, "has no \(member)")
        }
        guard trip["id"] == id else { throw SmokeFailure(path, "is another trip") }
        guard trip["version"]?.integer == version else {
            throw SmokeFailure(path, "is a document of version \(trip["version"]?.integer ?? 0)")
        }
        switch (trip["score"], trip["unscorable"]) {
        case (.number, .null):
            guard let score = trip["score"]?.integer, (0...100).contains(score) else {
                throw SmokeFailure(path, "has a score that is no whole number from 0 to 100")
            }
            let lost = trip["breakdown"]?.items?.reduce(0) { $0 + ($1["points"]?.integer ?? 0) }
            guard lost == 100 - score else {
                throw SmokeFailure(path, "has a breakdown that does not add up to its score")
            }
        case (.null, .string): break
        default: throw SmokeFailure(path, "has neither a score nor a reason for none")
        }
        guard let hash = trip["rules"]?["hash"]?.string else {
            throw SmokeFailure(path, "does not name its rules")
        }
        if let rulesHash, hash != rulesHash {
            throw SmokeFailure(path, "was scored by rules \(hash), not \(rulesHash)")
        }
    }

    func events(_ trips: [JSONValue]) async throws -> String {
        var count = 0
        for trip in trips {
            let path = try Self.path(of: trip)
            var before = try await document(path)
            for attempt in 1...Self.tries {
                let found = try await document("\(path)/events")["events"]?.items ?? []
                let problem = Self.kinds.first { kind, member in
                    found.count { $0["kind"]?.string == kind } != before[member]?.integer
                }
                guard let problem else {
                    count += found.count
                    break
                }
                // A trip that is being driven may have changed between the two answers.
                let after = try await document(path)
                guard after != before, attempt < Self.tries else {
                    throw SmokeFailure(
                        "\(path)/events", "and the trip's \(problem.value) do not agree")
                }
                before = after
            }
        }
        return "\(trips.count) trips have the \(count) events that they count"
    }

    func tracks(_ trips: [JSONValue]) async throws -> String {
        var points = 0
        for trip in trips {
            let path = "\(try Self.path(of: trip))/track"
            let track = try await document(path)
            guard track["trip"] == trip["id"], let columns = track["columns"]?.members,
                let times = columns["time"]?.items
            else { throw SmokeFailure(path, "has no columns of this trip") }
            for (name, column) in columns where column.items?.count != times.count {
                throw SmokeFailure(path, "has another length in column \(name) than in time")
            }
            points += times.count
        }
        return "\(trips.count) tracks have \(points) points in columns of equal length"
    }

    func user(_ trips: [JSONValue]) async throws -> String {
        guard let user = trips.first?["user"]?.string else {
            throw SmokeFailure("/v1/trips", "lists no user")
        }
        _ = try await document("/v1/users/\(Server.encoded(segment: user))")
        return "one user"
    }

    func page() async throws -> String {
        let path = isNamed ? "/?version=\(version)" : "/"
        let answer = try await answer(path)
        guard answer[header: "Content-Type"]?.hasPrefix("text/html") == true,
            answer.text.contains("</html>")
        else { throw SmokeFailure(path, "is no whole page") }
        return "\(answer.body.count) bytes"
    }

    func readAfter() async throws -> String {
        guard let newest else { throw NothingToAsk(reason: "no upload yet") }
        let began = ContinuousClock.now
        _ = try await answer(
            "/v1/trips?limit=1", [.init("Tacho-Read-After", newest.description)])
        let took = ContinuousClock.now - began
        guard took <= Self.readAfterLimit else {
            throw SmokeFailure("/v1/trips", "took \(took) to show \(newest)")
        }
        return "\(newest) is there"
    }

    /// A reader that does not look at the version asked for would pass for any.
    func unknownVersion() async throws -> String {
        let unknown = 999_999
        let path = "/v1/trips?limit=1"
        let answer = try await client.get(
            path: path, headers: [.init("Tacho-Version", "\(unknown)")])
        guard answer.status == 404 else {
            throw SmokeFailure(path, "with version \(unknown) answers \(answer.status), not 404")
        }
        return "404"
    }

    private static func path(of trip: JSONValue) throws -> String {
        guard let id = trip["id"]?.string else { throw SmokeFailure("/v1/trips", "lists no id") }
        return "/v1/trips/\(Server.encoded(segment: id))"
    }
}
