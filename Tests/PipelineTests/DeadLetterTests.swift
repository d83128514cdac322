import EmbeddedLog
import EventLog
import Pipeline
import Testing
import Topics
import Trips

@Test(arguments: Engine.allCases)
func `poison records are dead letters once, with their bytes, and the stream goes on`(
    engine: Engine
) async throws {
    let there = try await Installation(engine)
    let bad: [(key: String, value: [UInt8]?)] = [
        ("t", [0xff, 0xff]), ("t", nil), ("no trip id", [0x0a, 0x00]), ("t", []),
    ]
    for (key, value) in bad {
        let record = NewRecord(
            to: TopicPartition(Topics.tripUploads.name, 2), key: Array(key.utf8), value: value,
            headers: [Header("ce_id", "x")])
        _ = try await there.log.append([record])
    }
    let points = [Point(timeMilliseconds: 1_700_000_000_000, latitudeE7: 1, longitudeE7: 1)]
    for content in [Upload.Content.points(points), .end] {
        let value = UploadCodec.encode(Upload(user: Traffic.owner, content: content))
        let good = NewRecord(
            to: TopicPartition(Topics.tripUploads.name, 2), key: Array("t".utf8), value: value)
        _ = try await there.log.append([good])
    }
    try await there.score(there.settings(1, batch: 1))
    try await there.score(there.settings(1, batch: 1))
    let letters = try await there.records(of: Topics.deadLetters(.first))
    #expect(letters.map(\.value) == bad.map(\.value))
    #expect(letters.map(\.key) == bad.map { Array($0.key.utf8) })
    #expect(letters.allSatisfy { $0.headers.first == Header("ce_id", "x") })
    #expect(
        try await there.deadLetters(1) == [
            "2@0 undecodable", "2@1 noValue", "2@2 badKey", "2@3 undecodable",
        ])
    let trip = try #require(try await there.results(1)["0 t"])
    #expect(try Topics.tripScores(.first).decode(trip).status == .complete)
}

@Test func `an upload beyond a trip's limit is a dead letter, and the trip says so`() async throws {
    let there = try await Installation()
    var settings = there.settings(1)
    settings.trips = TripLimits(points: 3)
    func points(_ times: Range<Int64>) -> Upload {
        Upload(
            user: Traffic.owner,
            content: .points(
                times.map {
                    Point(
                        timeMilliseconds: 1_700_000_000_000 + $0, latitudeE7: 1, longitudeE7: 1)
                }))
    }
    try await there.append("t", points(0..<3))
    try await there.append("t", points(3..<4))
    try await there.append("t", points(0..<2))
    try await there.append("full at once", points(0..<1))
    try await there.append("u", points(0..<4))
    try await there.score(settings)
    let results = try await there.results(1)
    for trip in ["t", "u"] {
        let said = try Topics.tripScores(.first).decode(try #require(results["0 \(trip)"]))
        #expect(said.quality.problems.contains { $0.kind == "tripFull" && $0.count == 1 })
        #expect(said.quality.readings == (trip == "t" ? 3 : 0))
    }
    let reasons = try await there.deadLetters(1).map { $0.split(separator: " ")[1] }
    #expect(reasons.sorted() == ["badKey", "tripFull", "tripFull"])
}

@Test func `progress says how far a partition's uploads are in the records before it`()
    async throws
{
    let there = try await Installation()
    let traffic = Traffic(seed: 4, trips: 6, pointsEach: 60)
    for (trip, upload) in traffic.uploads { try await there.append(trip, upload) }
    try await there.score(there.settings(1, batch: 10))
    let uploads = try await there.log.offsets(of: Topics.tripUploads.name)
    var progress: [Int: Int64] = [:]
    for record in try await there.records(of: Topics.tripScores(.first).name) {
        let partition = record.position.topicPartition.partition
        if record.key == Array(Topics.progressKey.utf8) {
            let next = try Topics.progress(.first).decode(record.value ?? []).nextOffset
            #expect(next > progress[partition] ?? 0, "progress only rises")
            progress[partition] = next
        } else {
            let last = String(decoding: record.header(TachoHeader.lastUpload) ?? [], as: UTF8.self)
            #expect(try #require(Int64(last)) >= progress[partition] ?? 0, "nothing comes twice")
        }
    }
    for (source, range) in uploads where range.upperBound > 0 {
        #expect(progress[source.partition] == range.upperBound)
    }
}
