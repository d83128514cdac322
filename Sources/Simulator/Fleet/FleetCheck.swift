internal import Trips

/// Asks a reader for trips that were sent, and compares its answers with the truth.
struct FleetCheck: Sendable {
    let reader: UploadClient

    /// Trips that are asked for at once.
    private static let atOnce = 8
    /// Pages of a user's list that are read at most.
    private static let mostPages = 1_000

    /// What one trip's answers came to.
    fileprivate struct Finding: Sendable {
        var id: String
        var problem: String?
        var isWrong = false
        var distanceError = 0.0
        var tallies: [JudgedEvent.Kind: Tally] = [:]
    }

    func verdict(on sent: [SentTrip]) async -> FleetVerdict {
        var verdict = FleetVerdict()
        var errors = 0.0
        await withTaskGroup(of: Finding.self) { group in
            for (number, trip) in sent.enumerated() {
                if number >= Self.atOnce, let finding = await group.next() {
                    errors += verdict.absorb(finding)
                }
                group.addTask { await check(trip) }
            }
            for await finding in group { errors += verdict.absorb(finding) }
        }
        let known = verdict.checked - verdict.missing.count
        verdict.distanceErrorMean = known == 0 ? 0 : errors / Double(known)
        for user in Set(sent.map(\.trip.user.rawValue)).sorted() {
            await listTwice(of: user, Set(sent.map(\.trip.id.rawValue)), &verdict)
        }
        return verdict
    }

    private func check(_ sent: SentTrip) async -> Finding {
        let trip = sent.trip
        var finding = Finding(id: trip.id.rawValue)
        let path = "/v1/trips/\(Server.encoded(segment: trip.id.rawValue))"
        let after = sent.position.map { [Response.Field("Tacho-Read-After", $0)] } ?? []
        do {
            let document = try await tree(path, after)
            let events = try await tree("\(path)/events", after)
            let readings = document["quality"]?["readings"]?.integer
            finding.isWrong =
                readings != trip.points.count || document["status"]?.string != "complete"
            let distance = document["distanceMeters"]?.double ?? 0
            finding.distanceError =
                abs(distance - trip.distanceMeters) / max(trip.distanceMeters, 1)
            let found = (events["events"]?.items ?? []).compactMap(event)
            for kind in JudgedEvent.Kind.allCases {
                finding.tallies[kind] = Judge.match(kind, truth: trip.events, found: found)
            }
        } catch { finding.problem = "\(error)" }
        return finding
    }

    private func event(_ tree: JSONTree) -> JudgedEvent? {
        func milliseconds(_ key: String) -> Int64? {
            tree[key]?.text.flatMap { Timestamp.milliseconds($0, needsOffset: true) }
        }
        guard let kind = tree["kind"]?.string.flatMap(JudgedEvent.Kind.init),
            let start = milliseconds("startedAt"), let end = milliseconds("endedAt")
        else { return nil }
        return JudgedEvent(kind: kind, startMilliseconds: start, endMilliseconds: end)
    }

    /// Names trips of ours that a user's list holds more than once.
    private func listTwice(
        of user: String, _ ours: Set<String>, _ verdict: inout FleetVerdict
    ) async {
        var seen: Set<String> = []
        var cursor: String?
        for _ in 0..<Self.mostPages {
            var path = "/v1/trips?user=\(Server.encoded(segment: user))&limit=100"
            if let cursor { path += "&cursor=\(Server.encoded(segment: cursor))" }
            let page: JSONTree
            do { page = try await tree(path, []) } catch {
                verdict.missing["list of \(user)"] = "\(error)"
                return
            }
            for trip in page["trips"]?.items ?? [] {
                guard let id = trip["id"]?.string, ours.contains(id) else { continue }
                if !seen.insert(id).inserted { verdict.doubled.append(id) }
            }
            cursor = page["next"]?.string
            if cursor == nil { return }
        }
    }

    private struct BadAnswer: Error, CustomStringConvertible {
        var description: String
    }

    private func tree(_ path: String, _ headers: [Response.Field]) async throws -> JSONTree {
        let response = try await reader.get(path: path, headers: headers)
        guard response.status == 200 else {
            throw BadAnswer(description: "\(path): status \(response.status)")
        }
        do { return try JSONTree(response.body[...]) } catch {
            throw BadAnswer(description: "\(path): no JSON, expected \(error.expected)")
        }
    }
}

extension FleetVerdict {
    /// Takes a trip's finding, and returns its error of distance.
    fileprivate mutating func absorb(_ finding: FleetCheck.Finding) -> Double {
        checked += 1
        if let problem = finding.problem {
            missing[finding.id] = problem
            return 0
        }
        if finding.isWrong { wrongReadings.append(finding.id) }
        for (kind, tally) in finding.tallies {
            kinds[kind.rawValue, default: Tally()] += tally
        }
        distanceErrorWorst = max(distanceErrorWorst, finding.distanceError)
        return finding.distanceError
    }
}
