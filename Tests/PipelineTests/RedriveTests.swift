import EmbeddedLog
import EventLog
import Operations
import Pipeline
import Testing
import Topics
import Trips

@Suite struct RedriveTests {
    private func settings(_ there: Installation, version: Int = 1) -> ScorerSettings {
        var settings = there.settings(version, batch: 3)
        settings.trips = Poison.limits
        return settings
    }

    private func letters(_ there: Installation, version: Int = 1) -> DeadLetters {
        DeadLetters(of: Installation.version(version), on: there.log)
    }

    private func ends(_ there: Installation) async throws -> [TopicName: [TopicPartition: Int64]] {
        var ends: [TopicName: [TopicPartition: Int64]] = [:]
        for topic in try await there.log.topics() {
            ends[topic.name] = try await there.log.offsets(of: topic.name).mapValues(\.upperBound)
        }
        return ends
    }

    @Test func `poison of each reason is a dead letter once, with every byte as it came`()
        async throws
    {
        let there = try await Installation()
        let poison = try await Poison().append(to: there.log)
        try await there.score(settings(there))
        try await there.score(settings(there))
        let found = try await there.records(of: Topics.deadLetters(.first))
        #expect(found.count == poison.count)
        for (letter, (bad, position)) in zip(found, poison) {
            #expect(letter.key == bad.record.key)
            #expect(letter.value == bad.record.value)
            let came = bad.record.headers
            #expect(Array(letter.headers.prefix(came.count)) == came)
            let added = letter.headers.dropFirst(came.count)
            #expect(added.map(\.name) == DeadLetterHeader.all)
            let texts = added.map { String(decoding: $0.value, as: UTF8.self) }
            #expect(texts[0] == bad.reason)
            #expect(!texts[1].isEmpty)
            #expect(texts[2...] == ["trip-uploads", "2", "\(position.offset)"])
        }
        let results = try await there.results(1)
        for index in poison.indices { #expect(results["0 well-\(index)"] != nil) }
        let origins = try await letters(there).origins()
        #expect(origins.map(\.position) == poison.map(\.position))
        #expect(origins.map(\.last.reason) == poison.map(\.bad.reason))
        #expect(origins.allSatisfy { $0.state == .open && $0.letters.count == 1 })
    }

    @Test func `planning changes nothing`() async throws {
        let there = try await Installation()
        let poison = try await Poison().append(to: there.log)
        try await there.score(settings(there))
        let before = try await ends(there)
        let letters = letters(there)
        let plan = try await letters.plan(try await letters.origins(), again: false)
        #expect(plan.redriven.map(\.position) == poison.map(\.position))
        #expect(try await ends(there) == before)
    }

    @Test func `a redrive appends each once, as it came, and again only when told to`()
        async throws
    {
        let there = try await Installation()
        let poison = try await Poison().append(to: there.log)
        try await there.score(settings(there))
        let letters = letters(there)
        let plan = try await letters.plan(try await letters.origins(), again: false)
        let run = try await letters.execute(plan)
        #expect(run.copies.map(\.origin) == poison.map(\.position))
        let uploads = try await there.records(of: Topics.tripUploads.name)
        for (copy, (bad, position)) in zip(run.copies, poison) {
            let record = try #require(uploads.first { $0.position == copy.position })
            #expect(copy.position.topicPartition == position.topicPartition)
            #expect(record.key == bad.record.key)
            #expect(record.value == bad.record.value)
            #expect(
                record.headers == bad.record.headers + [
                    Header(TachoHeader.redriveOf, position.description),
                    Header(TachoHeader.redriveDeadLetter, copy.letter.description),
                ])
        }
        let waiting = try await letters.origins()
        #expect(waiting.allSatisfy { $0.state == .waiting && $0.copies.count == 1 })
        let before = try await ends(there)
        let second = try await letters.plan(waiting, again: false)
        #expect(second.redriven.isEmpty)
        #expect(second.done.count == poison.count)
        #expect(try await letters.execute(second).done == 0)
        #expect(try await ends(there) == before)
        let again = try await letters.execute(try await letters.plan(waiting, again: true))
        #expect(again.copies.count == poison.count)
        #expect(try await letters.origins().allSatisfy { $0.copies.count == 2 })
    }

    @Test func `what fails again is another letter of the same upload, and a copy of a copy too`()
        async throws
    {
        let there = try await Installation()
        let poison = try await Poison().append(to: there.log)
        try await there.score(settings(there))
        let letters = letters(there)
        for round in 1...3 {
            let origins = try await letters.origins()
            #expect(origins.map(\.position) == poison.map(\.position))
            #expect(origins.allSatisfy { $0.state == .open && $0.letters.count == round })
            let plan = try await letters.plan(origins, again: false)
            let copies = try await letters.execute(plan).copies
            #expect(try await !letters.hasPassed(copies))
            #expect(try await letters.outcome(of: copies).waiting == copies)
            try await there.score(settings(there))
            #expect(try await letters.hasPassed(copies))
            let outcome = try await letters.outcome(of: copies)
            #expect(outcome.failed.compactMap(\.origin) == copies.map(\.position))
            #expect(outcome.failed.map(\.root) == poison.map(\.position))
            #expect(outcome.passed.isEmpty && outcome.waiting.isEmpty)
        }
        let bytes = Set(try await there.records(of: Topics.deadLetters(.first)).map(\.value))
        #expect(bytes == Set(poison.map(\.bad.record.value)))
    }

    @Test func `what another scorer can use goes through, and only that`() async throws {
        let there = try await Installation()
        let poison = try await Poison().append(to: there.log)
        try await there.score(settings(there))
        let letters = letters(there)
        let plan = try await letters.plan(try await letters.origins(), again: false)
        let copies = try await letters.execute(plan).copies
        // This one has room for the trip that was full.
        try await there.score(there.settings(1))
        let outcome = try await letters.outcome(of: copies)
        #expect(outcome.passed.count == 1)
        #expect(outcome.failed.count == poison.count - 1)
        for origin in try await letters.origins() {
            let isFull = origin.letters[0].reason == "tripFull"
            #expect(origin.state == (isFull ? .redriven : .open))
        }
        let next = try await letters.plan(try await letters.origins(), again: false)
        #expect(next.done.map(\.last.reason) == ["tripFull"])
    }

    @Test func `a candidate's letters are those of the same uploads`() async throws {
        let there = try await Installation(versions: [1, 2])
        let poison = try await Poison().append(to: there.log)
        try await there.score(settings(there))
        let first = letters(there)
        let plan = try await first.plan(try await first.origins(), again: false)
        let copies = try await first.execute(plan).copies
        try await there.score(settings(there))
        try await there.score(settings(there, version: 2))
        for version in 1...2 {
            let origins = try await letters(there, version: version).origins()
            #expect(origins.map(\.position) == poison.map(\.position))
            for (origin, copy) in zip(origins, copies) {
                #expect(origin.letters.map(\.origin) == [origin.position, copy.position])
                #expect(origin.state == .open)
            }
        }
    }
}
