import EventLog
import Foundation
import Simulator

/// Requests to one reader that show whether a version serves: each is to be answered by it.
struct Smoke: Sendable {
    /// The version that is to answer.
    let version: Int
    /// Whether requests name it; production is asked without.
    let isNamed: Bool
    /// The rules that every trip is to be scored by; nil where trips keep those of before.
    let rulesHash: String?
    /// The upload that came last.
    let newest: Position?
    /// Whether a failure ends the checks.
    let stopsAtFirst: Bool
    let client: UploadClient

    /// Trips that are looked at.
    static let trips = 5
    /// Trips on the page that they are taken from.
    private static let listed = 50
    /// How long an upload may take to be there.
    static let readAfterLimit = Duration.seconds(2)

    /// Every check, in order.
    func checks() async -> [SmokeCheck] {
        var made: [SmokeCheck] = []
        var list: [JSONValue]?
        func isOver() -> Bool { stopsAtFirst && made.contains { $0.outcome == .failed } }
        made.append(
            await check("list") {
                let trips = try await listedTrips()
                list = trips
                return "\(trips.count) trips on the first page"
            })
        let trips = list.map(Self.chosen)
        let others: [(String, () async throws -> String)] = [
            ("documents", { try await documents(Self.some(trips)) }),
            ("events", { try await events(Self.some(trips)) }),
            ("tracks", { try await tracks(Self.some(trips)) }),
            ("user", { try await user(Self.some(trips)) }),
            ("page", { try await page() }),
            ("readAfter", { try await readAfter() }),
            ("unknownVersion", { try await unknownVersion() }),
        ]
        for (name, body) in others where !isOver() { made.append(await check(name, body)) }
        return made
    }

    private func check(
        _ name: String, _ body: () async throws -> String
    ) async -> SmokeCheck {
        let began = ContinuousClock.now
        var check = SmokeCheck(name: name, outcome: .passed, detail: "", milliseconds: 0)
        do {
            check.detail = try await body()
        } catch let missing as NothingToAsk {
            check.outcome = .notMade
            check.detail = missing.reason
        } catch {
            check.outcome = .failed
            check.detail = "\(error)"
        }
        check.milliseconds = ((.now - began) / .milliseconds(1) * 10).rounded() / 10
        return check
    }

    /// Trips to look at.
    private static func some(_ trips: [JSONValue]?) throws -> [JSONValue] {
        guard let trips else { throw NothingToAsk(reason: "no list of trips") }
        guard !trips.isEmpty else { throw NothingToAsk(reason: "no trip yet") }
        return trips
    }

    /// Those that say most: with events, then whole ones, then any.
    private static func chosen(_ list: [JSONValue]) -> [JSONValue] {
        func weight(_ trip: JSONValue) -> Int {
            let events = ["hardBrakes", "hardAccelerations", "hardCorners"]
                .reduce(0) { $0 + (trip[$1]?.integer ?? 0) }
            return (trip["status"]?.string == "complete" ? 0 : 1) + (events > 0 ? 0 : 2)
        }
        return list.enumerated().sorted {
            (weight($0.element), $0.offset) < (weight($1.element), $1.offset)
        }
        .prefix(trips).map(\.element)
    }

    private func listedTrips() async throws -> [JSONValue] {
        let path = "/v1/trips?limit=\(Self.listed)"
        let answer = try await document(path)
        guard let trips = answer["trips"]?.items, answer["next"] != nil else {
            throw SmokeFailure(path, "has no trips and next")
        }
        for trip in trips where trip["version"]?.integer != version {
            throw SmokeFailure(path, "lists a trip of version \(trip["version"]?.integer ?? 0)")
        }
        return trips
    }

    /// An answer in JSON that the version gave.
    func document(_ path: String, _ fields: [Response.Field] = []) async throws -> JSONValue {
        let answer = try await answer(path, fields)
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.body)) else {
            throw SmokeFailure(path, "is no JSON")
        }
        return value
    }

    /// An answer that the version gave: what it says of itself counts, not that it answered.
    func answer(_ path: String, _ fields: [Response.Field] = []) async throws -> Response {
        let named = isNamed ? [Response.Field("Tacho-Version", "\(version)")] : []
        let answer = try await client.get(path: path, headers: named + fields)
        guard ![401, 403].contains(answer.status) else {
            throw SmokeFailure(
                path, "answers \(answer.status): \(CredentialOptions.advice)")
        }
        guard answer.status == 200 else {
            throw SmokeFailure(path, "answers \(answer.status): \(answer.text.prefix(200))")
        }
        guard let said = answer[header: "Tacho-Version"] else {
            throw SmokeFailure(path, "does not say which version answered")
        }
        guard said == "\(version)" else {
            throw SmokeFailure(path, "was answered by version \(said), not \(version)")
        }
        return answer
    }
}

/// One check and how it went.
struct SmokeCheck: Encodable, Sendable {
    enum Outcome: String, Encodable {
        case passed, failed, notMade
    }

    var name: String
    var outcome: Outcome
    var detail: String
    var milliseconds: Double
}

/// A check cannot be made.
struct NothingToAsk: Error {
    let reason: String
}

/// What an answer lacks.
struct SmokeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ path: String, _ what: String) { description = "GET \(path) \(what)" }
}
