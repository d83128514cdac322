import EventLog
import Foundation
import Pipeline
import Scoring
import Testing
import Topics
import Trips

@Test(arguments: [5, 7, 11])
func `reads that fail in passing leave no half of a trip`(failsEach: Int) async throws {
    let traffic = Traffic(seed: 21, trips: 8, pointsEach: 120)
    let there = try await Installation(versions: [1, 2])
    let half = traffic.uploads.count / 2
    for (trip, upload) in traffic.uploads[..<half] { try await there.append(trip, upload) }
    try await there.score(there.settings(1, batch: 9))
    for (trip, upload) in traffic.uploads[half...] { try await there.append(trip, upload) }
    // The index is gone too, and memory holds next to nothing.
    var settings = there.settings(1, batch: 9)
    settings.indexPath = there.folder.appending(path: "another.sqlite").path
    settings.pointsInMemory = 100
    settings.longestRetry = .milliseconds(1)
    try await there.score(settings, on: FaultyLog(there.log, failsEach: failsEach))
    try await there.score(there.settings(2))
    #expect(try await there.results(1) == there.results(2))
    #expect(try await there.deadLetters(1) == there.deadLetters(2))
}

@Test(arguments: [400, 800, 1_600])
func `short memory drops no trip while it is read back`(points: Int) async throws {
    let traffic = Traffic(seed: 22, trips: 16, pointsEach: 120)
    let there = try await Installation(versions: [1, 2])
    let half = traffic.uploads.count / 2
    for (trip, upload) in traffic.uploads[..<half] { try await there.append(trip, upload) }
    try await there.score(there.settings(1))
    for (trip, upload) in traffic.uploads[half...] { try await there.append(trip, upload) }
    // One partition is at work while the others are still read back.
    var settings = there.settings(1, batch: 3)
    settings.pointsInMemory = points
    try await there.score(
        settings, on: FaultyLog(there.log, slowness: .milliseconds(1)))
    try await there.score(there.settings(2))
    #expect(try await there.results(1) == there.results(2))
}

@Test func `a trip with more events than a record may list says so, and the stream goes on`()
    async throws
{
    let there = try await Installation()
    var settings = ScorerSettings(version: .first, rules: .mydriving, member: "test")
    settings.pollWait = .milliseconds(20)
    let limit = TripLimits.listedEvents
    let name = String(repeating: "n", count: 128)
    for first in stride(from: 0, to: limit + 200, by: 1_000) {
        var points: [Point] = []
        for second in first..<min(first + 1_000, limit + 200) {
            let time: Int64 = 1_700_000_000_000 + Int64(second) * 1_000
            let latitude: Int32 = 480_000_000 + Int32(second) * 100
            let speed: Int32 = second % 2 == 0 ? 20_000 : 90_000
            points.append(
                Point(
                    sequence: Int64(second), timeMilliseconds: time, latitudeE7: latitude,
                    longitudeE7: 0, speedMetersPerHour: speed))
        }
        try await there.append(name, Upload(user: Traffic.owner, content: .points(points)))
    }
    try await there.append(name, Upload(user: nil, content: .end))
    try await there.score(settings)
    let value = try #require(try await there.results(1)["0 \(name)"])
    let said = try Topics.tripScores(.first).decode(value)
    #expect(said.events.count == limit && said.status == .complete)
    #expect(said.quality.problems.contains { $0.kind == "eventsLeftOut" && $0.count == 199 })
    let lost = said.breakdown.reduce(0) { $0 + Int($1.points) }
    #expect(lost == 100 - Int(said.score))
    #expect(try await there.results(1).count == 1 + limit)
}
