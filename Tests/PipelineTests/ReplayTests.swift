import EmbeddedLog
import EventLog
import Foundation
import Pipeline
import Scoring
import SeededRandom
import Testing
import Topics
import Trips

/// A live version 1, a candidate 2 with later starts and other rules, and a version 3 with the
/// candidate's rules from the first upload on, to compare with.
struct Replay {
    let there: Installation
    let uploads: [(trip: String, upload: Upload)]
    let engine: Engine
    var random: SplitMix
    var starts: [Int: Int64] = [:]
    let seed: UInt64

    init(_ engine: Engine = .embedded, seed: UInt64, trips: Int = 24, pointsEach: Int = 160)
        async throws
    {
        self.seed = seed
        self.engine = engine
        random = SplitMix(seed: seed &* 7_919)
        let clock = Clock(seed: seed)
        there = try await Installation(engine, versions: [1, 2, 3], now: { clock.now() })
        // Some trips early, some late, and of each a few uploads long after the others.
        let traffic = Traffic(seed: seed, trips: trips, pointsEach: pointsEach).uploads
        var keyed: [(Double, (trip: String, upload: Upload))] = []
        for upload in traffic {
            let number = Int(upload.trip.dropFirst(5)) ?? 0
            let isLate = Int.random(in: 0..<25, using: &random) == 0
            let time = isLate ? 3 : Double.random(in: 0..<0.8, using: &random)
            keyed.append((Double(number * 3 / trips) * 0.7 + time, upload))
        }
        uploads = keyed.sorted { $0.0 < $1.0 }.map(\.1)
    }

    func append(_ range: Range<Int>) async throws {
        for (trip, upload) in uploads[range] { try await there.append(trip, upload) }
    }

    /// Where it begins: anywhere from before the first to behind the last.
    mutating func chooseStarts() async throws {
        for (source, range) in try await there.log.offsets(of: Topics.tripUploads.name) {
            starts[source.partition] = Int64.random(in: -1...range.upperBound + 1, using: &random)
        }
    }

    func settings(_ version: Int, batch: Int = 64) -> ScorerSettings {
        var settings = ScorerSettings(
            version: Installation.version(version), rules: version == 1 ? .standard : .mydriving,
            member: "test",
            indexPath: there.folder.appending(path: "index.v\(version).sqlite").path)
        settings.batch.records = batch
        settings.catchUpBatch = batch == 7 ? ReadLimit(records: 40) : nil
        settings.pollWait = .milliseconds(20)
        settings.longestRetry = .milliseconds(10)
        if version == 2 {
            settings.starts = starts
            settings.base = .first
        }
        return settings
    }

    /// The candidate's last words are version 3's of every trip that had an upload from the start
    /// on which changed something, and version 1's of the others.
    func expectWhole() async throws {
        let last = try await lastRecords(3)
        let base = try await there.results(1)
        var expected: [String: [UInt8]] = [:]
        for (trip, record) in last {
            let partition = record.position.topicPartition.partition
            let upload = try number(record, TachoHeader.lastUpload)
            let isRescored = upload >= starts[partition] ?? 0
            let value = isRescored ? record.value : base["0 \(trip)"]
            let events = try Topics.tripScores(.first).decode(try #require(value)).events
            let source = isRescored ? try await there.results(3) : base
            expected["0 \(trip)"] = value
            for event in events { expected["1 \(event.id)"] = source["1 \(event.id)"] }
        }
        let found = try await there.results(2)
        for key in Set(found.keys).union(expected.keys).sorted() {
            #expect(found[key] == expected[key], "\(key), seed \(seed), starts \(starts)")
        }
        for (trip, record) in try await lastRecords(2) {
            let state = String(decoding: record.header(TachoHeader.state) ?? [], as: UTF8.self)
            #expect(state != "straddling", "\(trip), seed \(seed)")
        }
        let letters = try await there.deadLetters(3).filter { letter in
            let position = letter.split(separator: " ")[0].split(separator: "@")
            return Int64(position[1]) ?? 0 >= starts[Int(position[0]) ?? 0] ?? 0
        }
        #expect(try await there.deadLetters(2) == letters, "seed \(seed)")
    }

    /// What is told before is what a look at the live version's last words comes to.
    func expectForecast() async throws {
        let forecast = try await ReplayForecast(
            on: there.log, starts: starts, base: .first, rules: .mydriving)
        let uploads = try await there.log.offsets(of: Topics.tripUploads.name)
        let last = try await lastRecords(1)
        for partition in forecast.partitions {
            let range = try #require(
                uploads[TopicPartition(Topics.tripUploads.name, partition.partition)])
            let start = max(min(starts[partition.partition] ?? 0, range.upperBound), 0)
            #expect(partition.start == start && partition.end == range.upperBound)
            let mine = try last.values.filter {
                try $0.position.topicPartition.partition == partition.partition
                    && number($0, TachoHeader.firstUpload) < start
            }
            let isWhole = try mine.filter { try number($0, TachoHeader.lastUpload) < start }
            #expect(partition.takenOver == isWhole.count && start >= 0, "seed \(seed)")
            #expect(partition.straddling == mine.count - isWhole.count, "seed \(seed)")
        }
        #expect(forecast.sample.rate != nil)
    }

    func lastRecords(_ version: Int) async throws -> [String: Record] {
        let topic = Topics.tripScores(Installation.version(version)).name
        var last: [String: Record] = [:]
        for record in try await there.records(of: topic)
        where record.key != Array(Topics.progressKey.utf8) {
            last[String(decoding: record.key, as: UTF8.self)] = record
        }
        return last.filter { $0.value.value != nil }
    }

    func number(_ record: Record, _ header: String) throws -> Int64 {
        let text = String(decoding: try #require(record.header(header)), as: UTF8.self)
        return try #require(Int64(text))
    }
}

/// A clock that goes back as often as forward.
private final class Clock: Sendable {
    private let seed: UInt64
    init(seed: UInt64) { self.seed = seed }
    func now() -> Int64 {
        systemMilliseconds() - Int64.random(in: 0..<7_200_000)
    }
}

@Test(
    arguments: (1...12).map { (UInt64($0), Engine.embedded) } + [(13, .kafka), (14, .kafka)])
func `a candidate from a later start ends as one from the first upload, or as the live version`(
    seed: UInt64, engine: Engine
) async throws {
    var replay = try await Replay(engine, seed: seed)
    let count = replay.uploads.count
    let some = Int.random(in: count / 4...count * 3 / 4, using: &replay.random)
    try await replay.append(0..<some)
    try await replay.there.score(replay.settings(1))
    try await replay.chooseStarts()
    try await replay.expectForecast()
    let batches = [1, 7, 64, 1_000]
    var settings = replay.settings(2, batch: batches[Int(seed) % 4])
    // Dead at any commit of seeding, or of what comes after.
    for _ in 0..<Int.random(in: 0...3, using: &replay.random) {
        let crash = Int.random(in: 1...12, using: &replay.random)
        let faulty = FaultyLog(replay.there.log, failCommits: [crash / 2], loseCommit: crash)
        try? await replay.there.score(settings, on: faulty)
        if Bool.random(using: &replay.random) {
            settings.indexPath = replay.there.folder.appending(path: "lost.\(crash).sqlite").path
        }
    }
    if seed % 2 == 0 { try await replay.there.score(settings) }
    try await replay.append(some..<count)
    // The live version goes on at the same time, or is ahead.
    if seed % 3 == 0 { try await replay.there.score(replay.settings(1)) }
    if seed % 5 == 0 { settings.indexPath = nil }
    settings.pointsInMemory = seed % 4 == 1 ? 300 : 4_000_000
    let (there, live, candidate) = (replay.there, replay.settings(1), settings)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await there.score(live) }
        group.addTask { try await there.score(candidate) }
        try await group.waitForAll()
    }
    try await replay.there.score(replay.settings(3))
    try await replay.expectWhole()
}

@Test(arguments: Engine.allCases)
func `a partition is seeded once the live version has passed the start, and others go on meanwhile`(
    engine: Engine
) async throws {
    var replay = try await Replay(engine, seed: 31)
    try await replay.append(0..<replay.uploads.count)
    let ends = try await replay.there.log.offsets(of: Topics.tripUploads.name)
    // Partition 0 begins where the live version is not yet; the others at the first upload.
    replay.starts = [0: (ends[TopicPartition(Topics.tripUploads.name, 0)]?.upperBound ?? 0) / 2]
    let (there, candidate, live) = (replay.there, replay.settings(2), replay.settings(1))
    let scorer = Scorer(log: there.log, settings: candidate, now: { systemMilliseconds() })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await scorer.run() }
        try await there.wait {
            let committed = try await there.log.committed(group: candidate.version.scorerGroup)
            return ends.allSatisfy {
                $0.key.partition == 0 || committed[$0.key] == $0.value.upperBound
            }
        }
        let due = CandidateStarts.due(
            replay.starts, uploads: ends,
            committed: try await there.log.committed(group: candidate.version.scorerGroup))
        #expect(due.map(\.key.partition) == [0])
        try await there.score(live)
        try await there.wait { try await there.isCaughtUp(candidate.version) }
        group.cancelAll()
    }
    try await replay.there.score(replay.settings(3))
    try await replay.expectWhole()
}

@Test func `a straddling trip is said with the first upload that comes, whatever it changes`()
    async throws
{
    let replay = try await Replay(seed: 41)
    let there = replay.there
    func points(_ seconds: Range<Int64>) -> Upload {
        Upload(
            user: Traffic.owner,
            content: .points(
                seconds.map {
                    Point(
                        timeMilliseconds: 1_700_000_000_000 + $0 * 1_000, latitudeE7: 1,
                        longitudeE7: Int32($0))
                }))
    }
    // A trip of which nothing is known again, one whose upload changes nothing, one that is
    // refused, and one that is only deleted, each with something that counts for the live version.
    for trip in ["same", "foreign", "gone"] { try await there.append(trip, points(0..<60)) }
    let foreign = Upload(user: Traffic.stranger, content: .points([]))
    var firsts: [String: Int64] = [:]
    for (trip, upload) in [
        ("same", points(0..<10)), ("foreign", foreign),
        ("gone", Upload(user: Traffic.owner, content: .deletion)),
    ] {
        let position = try await there.append(trip, upload)
        firsts[trip] = position.offset
    }
    var started = replay
    for trip in ["same", "foreign", "gone"] {
        let partition = Partitioner.partition(
            of: Array(trip.utf8), count: Installation.partitions)
        started.starts[partition] = min(started.starts[partition] ?? .max, firsts[trip] ?? 0)
    }
    for trip in ["same", "foreign", "gone"] { try await there.append(trip, points(60..<70)) }
    try await there.score(started.settings(1))
    try await there.score(started.settings(2, batch: 1))
    try await there.score(started.settings(3))
    try await started.expectWhole()
}
