import EventLog
import Foundation
import FoundationNetworking
import GivenCaller
import Hummingbird
import Loopback
import Projection
import Synchronization
import Testing
import Topics
import Trips
import Web

@testable import Site

@Suite struct SiteRouteTests {
    @Test func `pages are served with a policy that lets in nothing from elsewhere`() async throws {
        let directory = NSTemporaryDirectory() + "tacho-site-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let projection = try Projection(directory: directory, version: .first)
        try fill(projection)
        let router = Router(context: TachoRequestContext.self)
        router.add(middleware: GivenCaller())
        let isRebuilding = Mutex(true)
        let site = Site { version, page in
            guard version == nil || version == .first else { return nil }
            return try page(projection, isRebuilding.withLock { $0 })
        }
        site.addRoutes(to: router)
        try await Loopback.serve(router) { port in
            let base = "http://127.0.0.1:\(port)"
            #expect(try await get(base + "/").status == 503)
            #expect(try await get(base + "/trips/t1").status == 503)
            isRebuilding.withLock { $0 = false }
            let first = try await get(base + "/")
            #expect(first.status == 200)
            #expect(first.body.contains("href=\"/trips/t1\""))
            #expect(!first.body.contains("t-deleted"))
            #expect(
                first.fields["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
            for link in first.body.matches(of: /(?:href|src)="([^"]*)"/) {
                #expect(link.1.hasPrefix("/") || link.1.hasPrefix("#") || link.1 == "data:,")
            }
            let style = try #require(first.body.firstMatch(of: /href="(\/assets[^"]*\.css)"/))
            #expect(
                try await get(base + style.1).fields["Content-Type"] == "text/css; charset=utf-8")
            let trip = try await get(base + "/trips/t1")
            #expect(trip.status == 200)
            #expect(trip.body.contains("<svg") && trip.body.contains("61 → 18 km/h in 2.4 s"))
            #expect(!trip.body.contains("style="))
            #expect(try await get(base + "/trips/none").status == 404)
            #expect(try await get(base + "/trips/t-deleted").status == 404)
            #expect(try await get(base + "/?cursor=x").status == 404)
            #expect(try await get(base + "/trips/t1?version=1").status == 200)
            #expect(try await get(base + "/trips/t1?version=2").status == 404)
            #expect(try await get(base + "/?version=x").status == 404)
            #expect(try await get(base + "/?cursor=0.t1").status == 200)
        }
    }

    private func fill(_ projection: Projection) throws {
        var batch = ProjectionBatch()
        let uploads = TopicPartition(Topics.tripUploads.name, 0)
        let scores = TopicPartition(Topics.tripScores(.first).name, 0)
        let message = message()
        guard let trip = TripID("t1"), let user = UserID("ann") else { return }
        let value = Topics.tripUploads.encode(
            Upload(user: user, content: .points(points(0..<50))))
        batch.blocks = [
            .init(
                position: Position(uploads, offset: 0), trip: trip, milliseconds: 1, value: value)
        ]
        var deleted = row(SiteTests.message("t-deleted"))
        deleted.status = .deleted
        batch.trips = [
            (Position(scores, offset: 0), .row(row(message))),
            (Position(scores, offset: 1), .row(deleted)),
        ]
        batch.progress = [0: 1]
        batch.positions = [uploads: 1, scores: 2]
        try projection.apply(batch)
    }

    private struct Answer {
        var status: Int
        var fields: [String: String]
        var body: String
    }

    private func get(_ address: String) async throws -> Answer {
        let (data, response) = try await URLSession.shared.data(
            from: try #require(URL(string: address)))
        let http = try #require(response as? HTTPURLResponse)
        var fields: [String: String] = [:]
        for (name, value) in http.allHeaderFields { fields["\(name)"] = "\(value)" }
        return Answer(
            status: http.statusCode, fields: fields, body: String(decoding: data, as: UTF8.self))
    }
}
