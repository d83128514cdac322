import EmbeddedLog
import EventLog
import Operations
import Pipeline
import Testing
import Topics
import Trips

@Suite struct RedriveFaultTests {
    private let letters = TopicPartition(Topics.deadLetters(.first), 2)

    private func append(_ count: Int, to log: any EventLog) async throws -> [Position] {
        try await log.append(
            (0..<count).map { Poison.record("t-\($0)", [UInt8($0 & 0xff), 0xff]) })
    }

    @Test(arguments: [false, true])
    func `a redrive that breaks off between two appends is run again, and nothing is there twice`(
        losesAnswer: Bool
    ) async throws {
        let there = try await Installation()
        let count = DeadLetters.copiesAnAppend * 2 + 50
        let positions = try await append(count, to: there.log)
        try await there.score(there.settings(1))
        let faulty = DeadLetters(
            of: .first, on: FaultyLog(there.log, failAppend: 2, losesAnswer: losesAnswer))
        let plan = try await faulty.plan(try await faulty.origins(), again: false)
        var told: RedriveRun?
        do {
            _ = try await faulty.execute(plan) { told = $0 }
            Issue.record("an append that fails is told")
        } catch LogError.unavailable {}
        #expect(told?.copies.count == DeadLetters.copiesAnAppend)

        let well = DeadLetters(of: .first, on: there.log)
        let rest = try await well.plan(try await well.origins(), again: false)
        #expect(rest.done.count == DeadLetters.copiesAnAppend * (losesAnswer ? 2 : 1))
        var steps: [Int] = []
        let run = try await well.execute(rest) { steps.append($0.done) }
        #expect(run.copies.count == count - rest.done.count)
        #expect(steps.last == run.copies.count)
        var copied: [Position: Int] = [:]
        for record in try await there.records(of: Topics.tripUploads.name) {
            guard let root = record.header(TachoHeader.redriveOf),
                let position = Position(String(decoding: root, as: UTF8.self))
            else { continue }
            copied[position, default: 0] += 1
        }
        #expect(copied == Dictionary(uniqueKeysWithValues: positions.map { ($0, 1) }))
    }

    @Test
    func `a copy that fails while the letters are read does not pass for one that went through`()
        async throws
    {
        let there = try await Installation()
        _ = try await append(1, to: there.log)
        try await there.score(there.settings(1))
        let well = DeadLetters(of: .first, on: there.log)
        _ = try await well.execute(try await well.plan(try await well.origins(), again: false))
        let log = FaultyLog(there.log) {
            do { try await there.score(there.settings(1)) } catch { Issue.record("\(error)") }
        }
        let origin = try #require(try await DeadLetters(of: .first, on: log).origins().first)
        #expect(origin.letters.count == 2)
        #expect(origin.state == .open)
    }

    @Test func `what retention removed is passed over, or said to be gone`() async throws {
        let there = try await Installation(versions: [])
        try await there.log.create([
            TopicSpecification(
                name: letters.topic, partitions: Installation.partitions,
                retentionMilliseconds: 1)
        ])
        try await there.log.create(
            Topics.derived(.first, partitions: Installation.partitions))
        _ = try await append(3, to: there.log)
        try await there.score(there.settings(1))
        let all = DeadLetters(of: .first, on: there.log)
        let plan = try await all.plan(try await all.origins(), again: false)
        let old = try #require(plan.redriven.first)
        #expect(try await all.original(of: old.last)?.value == [0, 0xff])

        #expect(try await there.embedded.enforceRetention(now: systemMilliseconds() + 60_000) == 3)
        #expect(try await all.origins().isEmpty)
        #expect(try await all.original(of: old.last) == nil)
        let run = try await all.execute(plan)
        #expect(run.copies.isEmpty)
        #expect(run.gone == plan.redriven)

        let late = try await append(1, to: there.log)
        try await there.score(there.settings(1))
        #expect(try await all.origins().map(\.position) == late)
    }

    @Test
    func `an upload that is too large for a letter stops nothing, and is redriven from its place`()
        async throws
    {
        let there = try await Installation()
        let large = Poison.record("t", [UInt8](repeating: 0xff, count: 5_000))
        let long = Poison.record(String(repeating: "k", count: 5_000), [1])
        let positions = try await there.log.append([large, long])
        try await there.append("well", Upload(user: Traffic.owner, content: .start))
        var settings = there.settings(1)
        settings.letterBytes = 4_000
        try await there.score(settings)
        #expect(try await there.results(1)["0 well"] != nil)

        let found = try await there.records(of: letters.topic)
        #expect(found.map(\.value) == [nil, nil])
        #expect(found.map(\.key) == [Array("t".utf8), []])
        let all = DeadLetters(of: .first, on: there.log)
        let origins = try await all.origins()
        #expect(origins.map(\.position) == positions)
        #expect(origins.allSatisfy { !$0.last.isWhole && $0.last.size > 5_000 })
        let run = try await all.execute(try await all.plan(origins, again: false))
        let uploads = try await there.records(of: Topics.tripUploads.name)
        for (copy, original) in zip(run.copies, [large, long]) {
            let record = try #require(uploads.first { $0.position == copy.position })
            #expect(record.key == original.key)
            #expect(record.value == original.value)
            #expect(Array(record.headers.dropLast(2)) == original.headers)
            let letter = try #require(origins.first { $0.position == copy.origin }).last
            let read = try #require(try await all.original(of: letter))
            #expect(read.value == original.value && read.headers == original.headers)
        }
    }

    @Test func `the largest upload there can be stops nothing, and is said to be too large`()
        async throws
    {
        let there = try await Installation()
        let limit = EmbeddedLog.Options().recordBytes
        let largest = NewRecord(
            to: Poison.partition, key: Array("t".utf8),
            value: [UInt8](repeating: 0xff, count: limit - 1))
        let small = Poison.record("u", [0xff])
        let positions = try await there.log.append([largest, small])
        try await there.score(there.settings(1))
        let all = DeadLetters(of: .first, on: there.log)
        let origins = try await all.origins()
        #expect(origins.map(\.position) == positions)
        #expect(origins.map(\.last.size) == [limit, 1 + 1 + headerBytes(small)])
        let run = try await all.execute(try await all.plan(origins, again: false))
        #expect(run.tooLarge.map(\.position) == [positions[0]])
        #expect(run.copies.map(\.origin) == [positions[1]])
    }

    private func headerBytes(_ record: NewRecord) -> Int {
        record.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
    }

    @Test func `letters that others wrote are listed, and have nowhere to go`() async throws {
        let there = try await Installation()
        let strange = [
            [], [Header(DeadLetterHeader.topic, "elsewhere")],
            [
                Header(DeadLetterHeader.topic, "elsewhere"),
                Header(DeadLetterHeader.partition, "0"), Header(DeadLetterHeader.offset, "0"),
            ],
            [
                Header(DeadLetterHeader.topic, Topics.tripUploads.name.rawValue),
                Header(DeadLetterHeader.partition, "9999"), Header(DeadLetterHeader.offset, "0"),
            ],
            [
                Header(DeadLetterHeader.topic, Topics.tripUploads.name.rawValue),
                Header(DeadLetterHeader.partition, "1"), Header(DeadLetterHeader.offset, "-5"),
            ],
        ]
        _ = try await there.log.append(
            strange.map { NewRecord(to: letters, key: [0xff], value: [1], headers: $0) })
        let all = DeadLetters(of: .first, on: there.log)
        let origins = try await all.origins()
        #expect(origins.count == strange.count)
        #expect(origins.allSatisfy { $0.state == .open && $0.last.reason == "unknown" })
        let plan = try await all.plan(origins, again: true)
        #expect(plan.homeless.count == strange.count)
        #expect(try await all.execute(plan).done == 0)
    }
}
