import EventLog
import Projection
import Testing
import Topics
import Trips

/// Points of interest: those that are found and those that clients report.
@Suite struct InterestTests {
    private let scratch: Scratch
    private let projection: Projection

    init() throws {
        scratch = try Scratch()
        projection = try Projection(directory: scratch.path, version: .first)
    }

    /// A trip with events at these seconds.
    private func row(_ name: String, user: String = "u", start: Int64, events: [Int64]) -> TripRow {
        var message = Tacho_V1_TripScore()
        message.trip = name
        message.user = user
        message.events = events.map { second in
            var event = Tacho_V1_DrivingEvent()
            event.id = "\(name)-hardBrake-\(second)"
            event.kind = "hardBrake"
            event.startedAtMs = second
            event.latitudeE7 = 5
            event.longitudeE7 = -6
            return event
        }
        var row = exampleRow(name, user: user, start: start)
        row.hardBrakes = Int64(events.count)
        row.message = Topics.tripScores(.first).encode(message)
        return row
    }

    private func report(
        _ trip: TripID, _ id: String, by name: String = "u", at time: Int64, offset: Int64
    ) throws -> ProjectionBatch.Report {
        let id = try #require(ReportID(id))
        return .init(
            position: upload(offset), trip: trip, user: user(name), milliseconds: offset,
            point: ReportedPoint(
                id: id, kind: 2, latitudeE7: 7, longitudeE7: 8, timeMilliseconds: time))
    }

    private func fill() throws {
        try projection.show([
            row("old", start: 1, events: [10, 30]), row("none", start: 2, events: []),
            row("bare", start: 3, events: []), row("new", user: "v", start: 4, events: [5]),
            row("gone", start: 5, events: [1]),
        ])
        var batch = ProjectionBatch()
        batch.reports = [
            try report(trip("old"), "a", at: 20, offset: 0),
            try report(trip("old"), "a", by: "thief", at: 21, offset: 1),
            try report(trip("bare"), "b", at: 3, offset: 2),
            try report(trip("bare"), "b", at: 4, offset: 3),
            try report(trip("gone"), "c", at: 4, offset: 4),
            try report(trip("new"), "a", by: "v", at: 1, offset: 5),
            try report(trip("unknown"), "d", at: 1, offset: 6),
        ]
        batch.positions[upload(0).topicPartition] = 7
        batch.trips = [
            (score(0), .row(exampleRow("gone", status: .deleted)))
        ]
        batch.positions[score(0).topicPartition] = 1
        try projection.apply(batch)
    }

    @Test func `a trip's points are its events and its owner's reports, by time`() throws {
        try fill()
        let old = try #require(try projection.interests(of: trip("old")))
        #expect(old.map(\.id) == ["old-hardBrake-10", "a", "old-hardBrake-30"])
        #expect(old.map(\.kind) == [.detected("hardBrake"), .reported(2), .detected("hardBrake")])
        #expect(old.map(\.latitudeE7) == [5, 7, 5] && old.map(\.longitudeE7) == [-6, 8, -6])
        let bare = try #require(try projection.interests(of: trip("bare")))
        #expect(bare.map(\.timeMilliseconds) == [4], "reported again, it takes the other's place")
        #expect(try projection.interests(of: trip("none")) == [])
        for name in ["gone", "unknown"] {
            #expect(try projection.interests(of: trip(name)) == nil)
        }
    }

    @Test func `a point is found by its id, where its trip is shown`() throws {
        try fill()
        for one in try projection.interests(of: trip("old")) ?? [] {
            #expect(try projection.interest(one.id) == one)
            #expect(try projection.interest(one.id, ofUser: "u") == one)
        }
        #expect(try projection.interest("a", ofUser: "v")?.trip == trip("new"))
        #expect(try projection.interest("old-hardBrake-10", ofUser: "v") == nil)
        for id in ["old-hardBrake-11", "c", "d", "gone-hardBrake-1", "x", "-", "--", ""] {
            #expect(try projection.interest(id) == nil, "\(id)")
        }
    }

    @Test(arguments: 1...6)
    func `pages join into the whole list, newest trips first`(limit: Int) throws {
        try fill()
        func all(_ user: String?) throws -> [String] {
            var ids: [String] = []
            var cursor: InterestCursor?
            repeat {
                let page = try projection.interests(ofUser: user, after: cursor, limit: limit)
                #expect(page.points.count == limit || page.next == nil)
                ids += page.points.map { "\($0.trip) \($0.id)" }
                cursor = page.next.flatMap { InterestCursor($0.description) }
            } while cursor != nil
            return ids
        }
        let own = ["bare b", "old old-hardBrake-10", "old a", "old old-hardBrake-30"]
        #expect(try all("u") == own)
        #expect(try all(nil) == ["new a", "new new-hardBrake-5"] + own)
        #expect(try all("thief") == [])
    }

    @Test func `going on behind a trip that went leads to those after it`() throws {
        try fill()
        let page = try projection.interests(after: nil, limit: 1)
        try projection.show([exampleRow("new", user: "v", status: .deleted, start: 4)])
        let next = try projection.interests(after: page.next, limit: 1)
        #expect(next.points.map(\.id) == ["b"])
    }
}
