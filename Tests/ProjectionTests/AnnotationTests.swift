import EventLog
import Projection
import Testing
import Topics
import Trips

/// What clients say beside what counts, and what is made of it.
@Suite struct AnnotationTests {
    private let scratch: Scratch
    private let projection: Projection
    private static let t = trip("trip-0")

    init() throws {
        scratch = try Scratch()
        projection = try Projection(directory: scratch.path, version: .first)
    }

    /// Takes uploads as a reader does, one a second, and the trip's row.
    private func take(_ uploads: [Upload]) throws {
        var batch = ProjectionBatch()
        for (index, one) in uploads.enumerated() {
            let time = 1_000 * Int64(index)
            batch.blocks.append(
                .init(
                    position: upload(Int64(index)), trip: Self.t, milliseconds: time,
                    saysFacts: one.said?.trip != nil, value: Topics.tripUploads.encode(one)))
            if case .report(let point) = one.content, let user = one.user {
                batch.reports.append(
                    .init(
                        position: upload(Int64(index)), trip: Self.t, user: user,
                        milliseconds: time, point: point))
            }
        }
        let end = Int64(uploads.count)
        batch.trips = [(score(0), .row(row("trip-0", lastUpload: end - 1, lastTime: 1_000)))]
        batch.progress[0] = end
        batch.positions[upload(0).topicPartition] = end
        batch.positions[score(0).topicPartition] = 1
        try projection.apply(batch)
    }

    private func facts(
        fuel: Double? = nil, recorded: Int64? = nil, simulated: Bool? = nil
    ) -> Said {
        var facts = TripFacts()
        facts.fuelUsedGallons = fuel
        facts.recordedMilliseconds = recorded
        facts.hasSimulatedOBDData = simulated
        return Said(trip: facts)
    }

    private func said(_ index: Int, runtime: Double? = nil, vin: String? = nil) -> Said {
        var facts = PointFacts()
        facts.runtime = runtime
        facts.vin = vin
        return Said(points: [.init(index: index, facts: facts)])
    }

    @Test func `of each fact of a trip counts what its owner said last`() throws {
        let time = 1_767_225_600_000 as Int64
        try take([
            Upload(user: user("u"), content: .start, said: facts(fuel: 1, recorded: time)),
            Upload(
                user: user("thief"), content: .amendment(Amendment()), said: facts(fuel: 9)),
            Upload(
                user: user("u"), content: .amendment(Amendment()),
                said: facts(fuel: 2, simulated: true)),
            Upload(user: user("u"), content: .points(points(0..<3))),
        ])
        let trip = try #require(try projection.annotated(Self.t))
        #expect(trip.facts == facts(fuel: 2, recorded: time, simulated: true).trip)
        #expect(trip.createdMilliseconds == 0)
        #expect(trip.updatedMilliseconds == 2_000)
        #expect(try projection.annotatedPage(.init(), after: nil, limit: 1).trips == [trip])
        try projection.show([row("trip-0", status: .deleted)])
        #expect(try projection.annotated(Self.t) == nil)
        #expect(try projection.annotated(AnnotationTests.other) == nil)
    }

    private static let other = trip("other")

    @Test func `what is said of a point goes with its reading, as edits leave it`() throws {
        var corrected = points(1..<2)[0]
        corrected.latitudeE7 += 5
        var moved = points(2..<3)[0]
        moved.sequence = 7
        try take([
            Upload(
                user: user("u"), content: .points(points(0..<4)), said: said(1, runtime: 1)),
            Upload(
                user: user("u"), content: .points(points(1..<3)),
                said: said(0, runtime: 2, vin: "a")),
            Upload(
                user: user("thief"), content: .points(points(1..<2)), said: said(0, runtime: 66)),
            Upload(
                user: user("u"), content: .correction(.sequence(1), corrected),
                said: said(0, vin: "b")),
            // What a phone sends again counts no more.
            Upload(user: user("u"), content: .points(points(1..<2)), said: said(0, runtime: 77)),
            Upload(
                user: user("u"), content: .correction(.sequence(2), moved),
                said: said(0, vin: "c")),
            Upload(user: user("u"), content: .removal(.sequence(3))),
        ])
        let found = try #require(try projection.annotatedPoints(of: Self.t))
        #expect(found.map(\.point) == [points(0..<1)[0], corrected, moved])
        #expect(try projection.track(of: Self.t) == found.map(\.point))
        #expect(found.map(\.facts.runtime) == [nil, 2, nil])
        #expect(found.map(\.facts.vin) == [nil, "b", "c"])
        #expect(found.map(\.createdMilliseconds) == [0, 0, 0])
        #expect(found.map(\.updatedMilliseconds) == [0, 3_000, 5_000])
        #expect(try projection.annotatedPoint(.sequence(1), of: Self.t) == found[1])
        for key in [PointKey.sequence(2), .sequence(3), .time(1)] {
            #expect(try projection.annotatedPoint(key, of: Self.t) == nil)
        }
        #expect(try projection.annotatedPoints(of: Self.other) == nil)
    }

    @Test func `an edit is another track, and gives it another tag`() throws {
        let uploads = [Upload(user: user("u"), content: .points(points(0..<4)))]
        try take(uploads)
        let tag = try projection.trackTag(of: Self.t)
        var batch = ProjectionBatch()
        batch.blocks = [
            .init(
                position: upload(1), trip: Self.t, milliseconds: 1,
                value: Topics.tripUploads.encode(
                    Upload(user: user("u"), content: .removal(.sequence(3)))))
        ]
        batch.progress[0] = 2
        batch.positions[upload(0).topicPartition] = 2
        try projection.apply(batch)
        #expect(try projection.trackTag(of: Self.t) != tag)
        #expect(try projection.track(of: Self.t) == points(0..<3))
    }
}
