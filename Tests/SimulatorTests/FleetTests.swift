import Simulator
import Synchronization
import Testing
import Trips

@Suite struct `A fleet's run` {
    /// What a server was told, and what it answers of it.
    final class Memory: Sendable {
        private let points = Mutex<[String: [Int64: Point]]>([:])
        private let ended = Mutex<Set<String>>([])

        func take(_ request: ScriptedServer.Request) -> ScriptedServer.Act {
            let parts = request.uri.split(separator: "?")[0].split(separator: "/").map(String.init)
            guard parts.count > 2 else { return list(request.uri) }
            let id = parts[2]
            if request.method == "POST" {
                if parts[3] == "end" {
                    _ = ended.withLock { $0.insert(id) }
                } else {
                    guard
                        let file = try? TripFile(name: "body", bytes: Array(request.body.utf8))
                    else { return .answer(400) }
                    points.withLock { known in
                        for point in file.trips[0].points {
                            known[id, default: [:]][point.sequence] = point
                        }
                    }
                }
                return .answer(202, ["Tacho-Position": "trip-uploads/0@7"], "{}")
            }
            guard request.headers["Tacho-Read-After"] == "trip-uploads/0@7" else {
                return .answer(400)
            }
            guard let known = points.withLock({ $0[id] }) else { return .answer(404) }
            return .answer(200, [:], parts.count > 3 ? events(known) : document(id, known))
        }

        private func ordered(_ points: [Int64: Point]) -> [Point] {
            points.values.sorted { $0.isBefore($1) }
        }

        private func document(_ id: String, _ points: [Int64: Point]) -> String {
            let ordered = ordered(points)
            let distance = zip(ordered, ordered.dropFirst()).reduce(0.0) {
                $0 + Geometry.distanceMeters(from: $1.0, to: $1.1)
            }
            let status = ended.withLock { $0.contains(id) } ? "complete" : "driving"
            return """
                {"id": "\(id)", "status": "\(status)", "distanceMeters": \(distance),
                "quality": {"readings": \(points.count)}}
                """
        }

        /// Differences of the vehicle's speed against the limits.
        private func events(_ points: [Int64: Point]) -> String {
            let ordered = ordered(points)
            let changes = zip(ordered, ordered.dropFirst()).map { before, point in
                let change = point.speedMetersPerHour - before.speedMetersPerHour
                return (point.timeMilliseconds, Double(change) / 3600)
            }
            let events = Judge.truth(changes).filter { $0.peak >= 1 }.map {
                """
                {"kind": "\($0.kind.rawValue)", "startedAt": \($0.startMilliseconds),
                "endedAt": \($0.endMilliseconds)}
                """
            }
            return "{\"events\": [\(events.joined(separator: ", "))]}"
        }

        private func list(_ uri: String) -> ScriptedServer.Act {
            let isFirst = !uri.contains("cursor")
            let ids = ended.withLock { $0 }.sorted()
            let page = ids.enumerated().filter { ($0.offset % 2 == 0) == isFirst }
            let trips = page.map { "{\"id\": \"\($0.element)\"}" }.joined(separator: ", ")
            return .answer(
                200, [:], "{\"trips\": [\(trips)], \"next\": \(isFirst ? "\"two\"" : "null")}")
        }
    }

    private func fleet(
        _ server: ScriptedServer, trips: Int?, drivers: Int = 4
    ) throws -> (Fleet, UploadClient) {
        var options = Simulation.Options(startMilliseconds: 1_772_434_800_000)
        options.noiseMeters = 0
        options.vehicleSpeedShare = 1
        options.uploads.resendShare = 0.1
        options.uploads.reorderShare = 0.1
        var clientOptions = UploadClient.Options()
        clientOptions.wait = { _ in await Task.yield() }
        let client = UploadClient(server: try Server(server.address), options: clientOptions)
        var fleetOptions = Fleet.Options()
        fleetOptions.speed = nil
        fleetOptions.trips = trips
        let simulation = Simulation(seed: 21, drivers: drivers, options: options)
        return (Fleet(simulation, gateway: client, options: fleetOptions), client)
    }

    @Test func `comes back whole through a server that often fails`() async throws {
        let memory = Memory()
        let server = try await ScriptedServer { request, number in
            switch number % 11 {
            case 3: .answer(503, ["Retry-After": "1"])
            case 7: .closeWithoutAnswer
            default: memory.take(request)
            }
        }
        let (fleet, client) = try fleet(server, trips: 6)
        let report = await fleet.run()
        let verdict = try #require(report.verdict)
        #expect(report.trips == 6)
        #expect(report.failures.isEmpty)
        #expect(report.retries > 0)
        #expect(report.uploads > 100 && report.points > 1_000)
        #expect(report.latency.p50 > 0 && report.latency.p50 <= report.latency.p99)
        #expect(verdict.checked == 6)
        #expect(verdict.isWhole, "\(verdict)")
        #expect(verdict.distanceErrorWorst < 0.02)
        #expect(verdict.kinds["hardBrake"]?.f1 ?? 0 > 0.9, "\(verdict.kinds)")
        client.close()
        try await server.stop()
    }

    @Test func `names what is missing, doubled or short`() async throws {
        let memory = Memory()
        let lost = "drive-21-1772434800000-1-0"
        let short = "drive-21-1772434800000-2-0"
        let posts = Mutex<Set<String>>([])
        let server = try await ScriptedServer { request, _ in
            if request.method == "GET", request.uri.contains(lost) { return .answer(404) }
            let isFirst = posts.withLock { $0.insert(request.uri).inserted }
            if request.uri.contains(short), request.uri.hasSuffix("points"), isFirst {
                return .answer(202, [:], "{}")
            }
            if request.method == "GET", request.uri.hasPrefix("/v1/trips?") {
                let page = "{\"trips\": [{\"id\": \"\(lost)\"}], \"next\": "
                return .answer(
                    200, [:], page + (request.uri.contains("cursor") ? "null}" : "\"2\"}"))
            }
            return memory.take(request)
        }
        let (fleet, client) = try fleet(server, trips: 3)
        let verdict = try #require(await fleet.run().verdict)
        #expect(Array(verdict.missing.keys) == [lost])
        #expect(Set(verdict.doubled) == [lost])
        #expect(verdict.wrongReadings == [short])
        #expect(!verdict.isWhole)
        client.close()
        try await server.stop()
    }

    @Test func `an endless run ends in good order when it is cancelled`() async throws {
        let memory = Memory()
        let server = try await ScriptedServer { request, _ in memory.take(request) }
        let (fleet, client) = try fleet(server, trips: nil)
        let run = Task { await fleet.run() }
        try await eventually { server.requests.count >= 300 }
        run.cancel()
        let report = await run.value
        #expect(report.uploads >= 290)
        #expect(report.verdict == nil)
        #expect(report.failures.isEmpty)
        client.close()
        try await server.stop()
    }

    @Test func `refusals are counted by their status`() async throws {
        let server = try await ScriptedServer { _, _ in .answer(403) }
        let (fleet, client) = try fleet(server, trips: 5)
        let report = await fleet.run()
        #expect(report.failures == ["status 403": 5])
        #expect(report.trips == 0)
        #expect(report.verdict?.checked == 0)
        client.close()
        try await server.stop()
    }
}
