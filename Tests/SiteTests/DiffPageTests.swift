import EventLog
import ReleasePlans
import Testing
import Topics

@testable import Site

@Suite struct DiffPageTests {
    private static let version = Version(2)!

    private func word(_ trip: String, _ score: Int?, _ events: [String] = []) -> Record {
        var message = Tacho_V1_TripScore()
        if let score { message.score = UInt32(score) }
        message.events = events.map { id in
            var event = Tacho_V1_DrivingEvent()
            event.id = id
            return event
        }
        let topic = Topics.tripScores(Self.version)
        return Record(
            position: Position(TopicPartition(topic.name, 0), offset: 0),
            timestampMilliseconds: 0, key: Array(trip.utf8), value: topic.encode(message),
            headers: [Header(TachoHeader.lastUpload, "1")])
    }

    private func diff(_ pairs: [(String, Int?, Int?)], examples: Int = 10) -> VersionDiff {
        var diff = VersionDiff(live: .first, candidate: Self.version, examples: examples)
        var trips = PartitionDiff()
        for (trip, live, candidate) in pairs {
            trips.take([word(trip, live)], of: .live)
            trips.take([word(trip, candidate)], of: .candidate)
        }
        trips.settle(into: &diff)
        return diff
    }

    @Test func `the page says what the comparison says, and needs nothing else`() throws {
        let diff = diff([("a", 80, 70), ("b", 50, 50), ("c", 60, 63), ("d", nil, 9)])
        let page = DiffPage(
            diff, url: "http://x:1/", time: "now", failures: ["too much <b>"]
        ).text
        #expect(page.contains("href=\"http://x:1/trips/a?version=2\""))
        #expect(page.contains("href=\"http://x:1/trips/a?version=1\""))
        #expect(page.contains("<td class=\"number\">−10</td>"))
        #expect(page.contains("Different (75 %)"))
        #expect(page.contains("too much &lt;b&gt;"))
        #expect(page.contains("prefers-color-scheme: dark"))
        // The figure has a table beside it.
        #expect(page.contains("<svg") && page.contains("The same in numbers"))
        for outside in ["<script", "@import", "url(", "src="] { #expect(!page.contains(outside)) }
        #expect(try Markup(page).isWhole)
    }

    @Test(arguments: PageTests.hostile) func `a hostile key stays text`(name: String) throws {
        var diff = diff([(name, 80, 10)])
        diff.count(name, .missing)
        diff.count(name, .extra)
        diff.count(name, .moving)
        let page = DiffPage(diff, url: "http://x\"y", time: name, failures: [name]).text
        let escaped = HTML("\(name)").text
        let rest = page.replacing(escaped, with: "")
        for mark in ["alert", "<script>", "onerror", "{{"] { #expect(!rest.contains(mark)) }
        #expect(try Markup(page).isWhole)
    }

    @Test func `no trips, no differences and few examples are told`() throws {
        for diff in [
            VersionDiff(live: .first, candidate: Self.version), diff([("a", 1, 1)]),
            diff([("a", 1, 2), ("b", 1, 3)], examples: 0),
        ] {
            let page = DiffPage(diff, url: "http://x", time: "now").text
            #expect(try Markup(page).isWhole)
        }
        #expect(
            DiffPage(diff([("a", 1, 1)]), url: "http://x", time: "now").text.contains(
                "same of every trip"))
    }
}
