import EventLog
@testable import Projection
import Testing
import Topics
import Trips

@Suite struct QueryTests {
    private let scratch: Scratch
    private let projection: Projection

    init() throws {
        scratch = try Scratch()
        projection = try Projection(directory: scratch.path, version: .first)
    }

    private func put(_ rows: [TripRow]) throws { try projection.show(rows) }

    @Test func `pages join into the whole list, newest first, ties by id`() throws {
        let rows = (0..<97).map { number in row("t\(number)", start: Int64(number * 31 % 9)) }
        try put(rows)
        let expected = rows.sorted {
            ($1.sortMilliseconds, $0.trip.rawValue) < ($0.sortMilliseconds, $1.trip.rawValue)
        }
        var found: [TripID] = []
        var cursor: TripCursor?
        repeat {
            let page = try projection.page(.init(), after: cursor, limit: 10)
            found += page.rows.map(\.trip)
            cursor = page.next.flatMap { TripCursor($0.description) }
        } while cursor != nil
        #expect(found == expected.map(\.trip))
    }

    @Test func `a filter by user and status keeps only those`() throws {
        try put([
            row("a", user: "ann", status: .driving, start: 1),
            row("b", user: "ann", status: .complete, start: 2),
            row("c", user: "bob", status: .complete, start: 3),
            row("d", user: "ann", status: .deleted, start: 4),
        ])
        func names(_ filter: TripFilter) throws -> [String] {
            try projection.page(filter, after: nil, limit: 10).rows.map(\.trip.rawValue)
        }
        #expect(try names(.init()) == ["c", "b", "a"])
        #expect(try names(.init(user: "ann")) == ["b", "a"])
        #expect(try names(.init(status: .complete)) == ["c", "b"])
        #expect(try names(.init(user: "ann", status: .driving)) == ["a"])
        #expect(try names(.init(user: "nobody")) == [])
    }

    @Test func `a page of exactly the limit names no next one`() throws {
        try put([row("a", start: 1), row("b", start: 2)])
        #expect(try projection.page(.init(), after: nil, limit: 2).next == nil)
        #expect(try projection.page(.init(), after: nil, limit: 1).next?.trip == trip("b"))
    }

    @Test func `a document is told apart from one that is known`() throws {
        try put([row("a")])
        let first = try projection.document(.trip, of: trip("a")) { _ in false }
        guard case .document(let bytes, let tag, let owner) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(bytes == row("a").document)
        #expect(tag == ContentTag.of(bytes) && owner == "u")
        #expect(
            try projection.document(.trip, of: trip("a")) { $0 == tag }
                == .known(tag: tag, owner: "u"))
        #expect(try projection.document(.trip, of: trip("b")) { _ in false } == .nothing)
        try put([row("a", status: .deleted)])
        #expect(try projection.document(.trip, of: trip("a")) { _ in true } == .deleted)
    }

    @Test func `a document that differs in any byte has another tag`() {
        let bytes = [UInt8](repeating: 7, count: 37)
        var tags: Set<UInt64> = [ContentTag.of(bytes), ContentTag.of(Array(bytes.dropLast()))]
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            tags.insert(ContentTag.of(other))
        }
        #expect(tags.count == bytes.count + 2)
    }

    @Test func `a trip that moves in the list is found where it moved`() throws {
        try put([row("a", start: 1), row("b", start: 2)])
        try put([row("a", start: 3)])
        #expect(
            try projection.page(.init(), after: nil, limit: 9).rows.map(\.trip.rawValue)
                == ["a", "b"])
        #expect(try projection.page(.init(user: "u"), after: nil, limit: 9).rows.count == 2)
    }

    @Test func `the rating takes the newest trips up to a thousand kilometres`() throws {
        try put([
            row("old", start: 1, score: 10, meters: 900_000),
            row("crossing", start: 2, score: 70, meters: 600_000),
            row("unscored", start: 3, score: nil, meters: 800),
            row("new", start: 4, score: 100, meters: 500_000),
        ])
        let totals = try #require(try projection.totals(ofUser: "u"))
        #expect(totals.trips == 4)
        #expect(totals.distanceMeters == 2_000_800)
        #expect(totals.hardBrakes == 4)
        // (100 × 500 + 70 × 600) / 1,100 = 83.63…
        #expect(totals.ratingTenths == 836)
        #expect(try projection.totals(ofUser: "v") == nil)
    }

    @Test func `a rating needs a scored trip`() {
        var rating = UserRating()
        #expect(rating.tenths == nil)
        rating.add(score: 87, distanceMeters: 1_000)
        #expect(rating.tenths == 870)
    }

    @Test func `silence counts from the last upload of trips under way`() throws {
        try put([
            row("quiet", lastTime: 100), row("loud", lastTime: 300),
            row("over", status: .complete, lastTime: 1),
        ])
        #expect(try projection.silent(since: 200, limit: 9).map(\.trip.rawValue) == ["quiet"])
        #expect(try projection.silent(since: 300, limit: 1).map(\.trip.rawValue) == ["quiet"])
    }

    @Test func `a track holds the points of uploads that are scored and read`() throws {
        var first = batch(0..<4, trips: 1)
        first.progress[0] = 2
        try projection.apply(first)
        #expect(try projection.track(of: trip("trip-0")) == points(0..<20))
        #expect(try projection.trackTag(of: trip("trip-0")) == .init(lastUpload: 1, uploads: 2))
        var more = ProjectionBatch()
        more.progress[0] = 9
        try projection.apply(more)
        #expect(try projection.track(of: trip("trip-0")) == points(0..<40))
        #expect(try projection.track(of: trip("nobody")) == nil)
    }

    @Test func `a track leaves out what the scorer refused`() throws {
        var batch = batch(0..<2, trips: 1)
        let foreign = Upload(user: user("thief"), content: .points(points(100..<110)))
        batch.blocks.append(
            .init(
                position: upload(2), trip: trip("trip-0"), milliseconds: 1,
                value: Topics.tripUploads.encode(foreign)))
        batch.blocks.append(
            .init(
                position: upload(3), trip: trip("trip-0"), milliseconds: 1, value: [0xff, 0xff]))
        batch.progress[0] = 4
        batch.positions[upload(0).topicPartition] = 4
        try projection.apply(batch)
        #expect(try projection.track(of: trip("trip-0")) == points(0..<20))
    }

    @Test(arguments: [false, true])
    func `a deleted trip keeps no uploads, whichever is read first`(scoreFirst: Bool) throws {
        try projection.apply(batch(0..<2, trips: 1))
        var uploads = ProjectionBatch()
        uploads.blocks = [
            .init(position: upload(2), trip: trip("trip-0"), milliseconds: 1, value: [1])
        ]
        uploads.positions[upload(0).topicPartition] = 3
        var deletion = ProjectionBatch()
        deletion.trips = [(score(2), .row(row("trip-0", status: .deleted)))]
        deletion.positions[score(0).topicPartition] = 3
        for batch in scoreFirst ? [deletion, uploads] : [uploads, deletion] {
            try projection.apply(batch)
        }
        #expect(try projection.track(of: trip("trip-0")) == nil)
        #expect(try dump(scratch).filter { $0.hasPrefix("blocks") }.isEmpty)
        #expect(try projection.row(of: trip("trip-0"))?.status == .deleted)
    }
}
