import EventLog
import Pipeline
import Scoring
import Testing
import Topics
import Trips

@Test(arguments: [(UInt64(1), Engine.embedded), (2, .embedded), (3, .embedded), (4, .kafka)])
func `batch sizes, a crash in the middle and a replay leave the same results`(
    seed: UInt64, engine: Engine
) async throws {
    let traffic = Traffic(seed: seed, trips: 24, pointsEach: 240)
    let there = try await Installation(engine, versions: [1, 2, 3, 4, 5, 6])
    let half = traffic.uploads.count / 2
    for (trip, upload) in traffic.uploads[..<half] { try await there.append(trip, upload) }
    // Versions 1 to 4 see the first half early, and one of them dies in the middle of it.
    for (version, batch) in [(1, 1), (2, 7), (3, 256), (4, 4_096)] {
        if version == 2 {
            let faulty = FaultyLog(there.log, failCommits: [3, 4, 9], loseCommit: 14)
            await #expect(throws: LogError.self) {
                try await there.score(there.settings(version, batch: batch), on: faulty)
            }
        }
        try await there.score(there.settings(version, batch: batch))
    }
    for (trip, upload) in traffic.uploads[half...] { try await there.append(trip, upload) }
    for (version, batch) in [(1, 1), (2, 7), (3, 256), (4, 4_096), (5, 100)] {
        try await there.score(there.settings(version, batch: batch))
    }
    // One that holds next to nothing in memory, and so reads nearly every trip back.
    var forgetful = there.settings(6, batch: 5)
    forgetful.pointsInMemory = 200
    forgetful.warmMilliseconds = 0
    try await there.score(forgetful)

    let expected = try await there.results(5)
    let letters = try await there.deadLetters(5)
    #expect(expected.count > 24, "there are events to compare")
    #expect(letters.contains { $0.hasSuffix("foreignTrip") })
    for version in [1, 2, 3, 4, 6] {
        #expect(try await there.results(version) == expected, "version \(version), seed \(seed)")
        #expect(try await there.deadLetters(version) == letters, "version \(version), seed \(seed)")
    }
}

@Test(arguments: Engine.allCases)
func `what the stream says is what the kernel says of the points`(engine: Engine) async throws {
    let traffic = Traffic(seed: 9, trips: 12, pointsEach: 300)
    let there = try await Installation(engine)
    for (trip, upload) in traffic.uploads { try await there.append(trip, upload) }
    try await there.score(there.settings(1, batch: 16))
    let results = try await there.results(1)
    for (trip, points) in traffic.points {
        var kernel = Kernel(trip: trip, rules: .standard)
        kernel.update(points: points, firstChanged: 0)
        let card = kernel.scorecard
        let value = try #require(results["0 \(trip)"])
        let said = try Topics.tripScores(.first).decode(value)
        #expect(said.score == UInt32(try #require(card.score)), "\(trip)")
        #expect(said.events.map(\.id) == card.events.map(\.id), "\(trip)")
        #expect(said.quality.readings == UInt32(points.count))
        #expect(said.status == .complete && said.name == "named" && said.user == "ann")
        for event in card.events {
            let value = try #require(results["1 \(event.id)"])
            let poi = try Topics.pointsOfInterest(.first).decode(value)
            #expect(poi.trip == trip && poi.event.points == UInt32(event.points))
        }
    }
    let kept = results.filter { $0.key.hasPrefix("1 ") }.count
    let said = try results.filter { $0.key.hasPrefix("0 ") }.reduce(0) {
        $0 + (try Topics.tripScores(.first).decode($1.value).events.count)
    }
    #expect(kept == said, "an event that is gone is gone from its topic too")
}
