import EventLog
import Pipeline
import ReleasePlans
import Releases
import RuleFiles
import Scoring
import Testing
import Topics
import Trips

@Suite struct VersionDiffTests {
    /// The shipped rules with other weights, as a file says them.
    private static func otherWeights() throws -> RuleSet {
        let text = RuleFile.text(of: .standard)
            .replacing("name: default", with: "name: lighter")
            .replacing("moderateWeightHalves: 2", with: "moderateWeightHalves: 1")
            .replacing("severeWeightHalves: 4", with: "severeWeightHalves: 1")
            .replacing("severeWeightHalves: 2", with: "severeWeightHalves: 1")
        let rules = try RuleFile(text, name: "lighter.yaml").rules
        #expect(rules.hash != RuleSet.standard.hash)
        return rules
    }

    private func settings(_ there: Installation, _ version: Int, _ rules: RuleSet) -> ScorerSettings
    {
        var settings = ScorerSettings(
            version: Installation.version(version), rules: rules, member: "test")
        settings.pollWait = .milliseconds(20)
        settings.batch.records = 17
        return settings
    }

    private func compare(
        _ candidate: Int, with live: Int, _ there: Installation, settle: Duration = .zero
    ) async throws -> VersionDiff {
        try await VersionComparison(
            of: Installation.version(candidate), with: Installation.version(live), on: there.log,
            settle: settle, examples: 1_000
        ).run()
    }

    @Test(arguments: Engine.allCases)
    func `the same rules differ nowhere, other weights where there are events`(
        engine: Engine
    ) async throws {
        let traffic = Traffic(seed: 31, trips: 21, pointsEach: 200)
        let there = try await Installation(engine, versions: [1, 2, 3])
        for (trip, upload) in traffic.uploads { try await there.append(trip, upload) }
        // A trip without events.
        for (number, second) in [0, 60, 120].enumerated() {
            let points = (second..<second + 60).map { second in
                Point(
                    sequence: Int64(second),
                    timeMilliseconds: 1_700_000_000_000 + Int64(second) * 1_000,
                    latitudeE7: Int32(480_000_000 + second * 2_000), longitudeE7: 20_000_000)
            }
            let upload = Upload(user: Traffic.owner, content: .points(points))
            try await there.append("calm", upload)
            #expect(number < 3)
        }
        try await there.score(settings(there, 1, .standard))
        try await there.score(settings(there, 2, .standard))
        try await there.score(settings(there, 3, Self.otherWeights()))

        let same = try await compare(2, with: 1, there)
        #expect(same.isEmpty, "\(same)")
        #expect(same.compared == 22)

        var eventful: [String] = []
        let topic = Topics.tripScores(.first)
        var last: [[UInt8]: [UInt8]] = [:]
        for record in try await there.records(of: topic.name)
        where record.key != Array(Topics.progressKey.utf8) { last[record.key] = record.value }
        for value in last.values {
            let message = try topic.decode(value)
            if !message.events.isEmpty { eventful.append(message.trip) }
        }
        #expect((2..<22).contains(eventful.count))
        let other = try await compare(3, with: 1, there)
        #expect(other.worst.map(\.trip).sorted() == eventful.sorted())
        #expect((other.eventsChanged, other.otherwiseChanged) == (eventful.count, 0))
        #expect((other.missing, other.extra, other.moving) == (0, 0, 0))
        #expect(other.differences.keys.allSatisfy { $0 > 0 }, "\(other.differences)")
    }

    @Test func `what a candidate has not come to moves, and is compared once it comes`()
        async throws
    {
        let traffic = Traffic(seed: 32, trips: 12, pointsEach: 120)
        let there = try await Installation(versions: [1, 2])
        let half = traffic.uploads.count / 2
        for (trip, upload) in traffic.uploads[..<half] { try await there.append(trip, upload) }
        try await there.score(settings(there, 1, .standard))
        let nothing = try await compare(2, with: 1, there)
        #expect((nothing.compared, nothing.missing) == (0, 0))
        #expect(nothing.moving == nothing.trips && nothing.moving > 0)

        try await there.score(settings(there, 2, .standard))
        for (trip, upload) in traffic.uploads[half...] { try await there.append(trip, upload) }
        try await there.score(settings(there, 1, .standard))
        let behind = try await compare(2, with: 1, there)
        #expect(behind.moving > 0 && behind.differing == 0, "\(behind)")

        async let comparing = compare(2, with: 1, there, settle: .seconds(60))
        try await there.score(settings(there, 2, .standard))
        let diff = try await comparing
        #expect(diff.isEmpty && diff.compared == 12, "\(diff)")
    }

    @Test func `a version without topics is no version`() async throws {
        let there = try await Installation(versions: [1])
        await #expect(throws: LogError.self) { try await compare(9, with: 1, there) }
    }
}
