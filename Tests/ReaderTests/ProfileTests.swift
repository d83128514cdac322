import EmbeddedLog
import EventLog
import Hummingbird
import Loopback
import NIOCore
import Projection
import Testing
import Topics
import Trips
import Web

@testable import Reader

/// Profiles, facts, reports and edits on their way from the log into the read model.
@Suite struct ProfileTests {
    private static let request = Request(
        head: .init(method: .get, scheme: "http", authority: "localhost", path: "/"),
        body: .init(buffer: ByteBuffer()))

    private static func profile(_ name: String) throws -> ProfileID {
        try #require(ProfileID(name))
    }

    @Test func `a profile is read as its changes leave it, by whoever asks for users`() async throws
    {
        try await Installation.run { installation in
            let reader = Reader(versions: installation.versions)
            let id = try Self.profile("p1")
            func found() async throws -> UserSummary? {
                try await reader.current(.users, for: Self.request) { try $0.user(of: id) }
            }
            #expect(try await found() == nil)
            var change = UserChange()
            change.user = user("ann")
            change.firstName = "Ann"
            change.home = .circle(.init(latitudeE7: 1, longitudeE7: 2, radiusMeters: 200))
            try await installation.change("p1", change)
            let first = try #require(try await found())
            #expect(first.profile.user == user("ann") && first.profile.firstName == "Ann")
            #expect(first.profile.home?.radiusMeters == 200)
            #expect(first.profile.createdMilliseconds == 1_767_225_700_000)

            installation.advance(to: 1_767_225_800_000)
            change = UserChange()
            change.lastName = "Other"
            change.home = .cleared
            try await installation.change("p1", change)
            let second = try #require(try await found())
            #expect(second.profile.firstName == "Ann" && second.profile.lastName == "Other")
            #expect(second.profile.home == nil)
            #expect(second.profile.createdMilliseconds == 1_767_225_700_000)
            #expect(second.profile.updatedMilliseconds == 1_767_225_800_000)

            let position = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .start))
            try await installation.score(message("t1"), after: position)
            #expect(try await found()?.totals.trips == 1)
            #expect(try await found()?.totals.maxSpeedMetersPerHour == 61_000)
            #expect(try await found()?.place == 1)

            change = UserChange()
            change.isDeleted = true
            try await installation.change("p1", change)
            #expect(try await found() == nil)
            let listed = try await reader.current(.users, for: Self.request) {
                try $0.users(after: nil, limit: 10).users.count
            }
            #expect(listed == 0, "who has deleted a profile is not listed by trips alone")
        }
    }

    @Test func `a change that cannot be read stops nothing`() async throws {
        try await Installation.run { installation in
            let reader = Reader(versions: installation.versions)
            let users = TopicPartition(Topics.users.name, 0)
            _ = try await installation.log.append([
                NewRecord(to: users, key: Array("p1".utf8), value: [0xff]),
                NewRecord(to: users, key: Array("p1".utf8), value: nil),
                NewRecord(to: users, key: [], value: []),
            ])
            try await installation.change("p2", UserChange())
            let p2 = try Self.profile("p2")
            let listed = try await reader.current(.users, for: Self.request) {
                try $0.users(after: nil, limit: 10).users.map(\.profile.id)
            }
            #expect(listed == [p2])
        }
    }

    @Test func `facts, reports and edits are there once the trip is scored`() async throws {
        try await Installation.run { installation in
            var facts = TripFacts()
            facts.fuelUsedGallons = 1.5
            let id = try #require(ReportID("r1"))
            let t1 = try #require(TripID("t1"))
            let report = ReportedPoint(
                id: id, kind: 1, latitudeE7: 3, longitudeE7: 4,
                timeMilliseconds: 1_767_225_601_000)
            try await installation.upload(
                "t1", Upload(user: user("ann"), content: .start, said: Said(trip: facts)))
            try await installation.upload(
                "t1", Upload(user: user("bob"), content: .report(report)))
            try await installation.upload(
                "t1", Upload(user: user("ann"), content: .report(report)))
            let whole = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .points(points(0..<20))))
            try await installation.score(message("t1"), after: whole)
            let after = ["Tacho-Read-After": whole.description]
            let before = try await installation.get("/v1/trips/t1/track.csv", after)
            let trip = try #require(try installation.projection.annotated(t1))
            #expect(trip.facts == facts && trip.createdMilliseconds == 1_767_225_700_000)
            let interests = try #require(try installation.projection.interests(of: t1))
            #expect(interests.filter { $0.kind == .reported(1) }.map(\.id) == ["r1"])

            let removal = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .removal(.sequence(19))))
            try await installation.score(message("t1"), after: removal)
            let tag = try #require(before["etag"])
            let now = try await installation.get(
                "/v1/trips/t1/track.csv",
                ["Tacho-Read-After": removal.description, "If-None-Match": tag])
            #expect(now.status == 200)
            #expect(now.body.split(separator: "\r\n").count == 20, "a header and 19 points")
        }
    }
}
