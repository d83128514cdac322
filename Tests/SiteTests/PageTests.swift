import Projection
import Testing
import Topics
import Trips

@testable import Site

@Suite struct PageTests {
    /// Names that would break out of text, of an attribute, or out of what a reader believes.
    static let hostile = [
        "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "'><img src=x onerror=alert(1)>",
        "\"\u{301} autofocus onfocus=alert(1) x=", "<\u{338}script>", "&lt;b&gt;", "</title><h1>",
        "{{name}}", "\u{202e}evil",
    ]

    @Test(arguments: hostile) func `a hostile name stays text`(name: String) throws {
        var message = message()
        message.name = name
        message.events[0].severity = name
        message.events[0].kind = name
        message.breakdown[0].cause = name
        message.quality.problems[0].kind = name
        message.rules.name = name
        message.unscorable = name
        var row = row(message)
        row.user = name
        for score in [row.score, nil] {
            row.score = score
            if score == nil { message.clearScore() }
            for html in [
                TripPage(row: row, message: message, points: points(0..<50)).html.text,
                TripListPage(trips: [(row, message)], next: nil, isFirst: true).html.text,
            ] {
                let escaped = HTML("\(name)").text
                #expect(html.contains(escaped))
                // Without what was escaped there is no trace of the name's own marks.
                let rest = html.replacing(escaped, with: "")
                for mark in ["alert", "<script>", "onerror", "{{"] {
                    #expect(!rest.contains(mark), "\(mark)")
                }
                #expect(try Markup(html).isWhole)
            }
        }
    }

    @Test func `escaping goes by scalars`() {
        let quote = "\"\u{301}<\u{301}&\u{301}'\u{301}>\u{301}"
        #expect(
            HTML("<i title=\"\(quote)\">").text
                == "<i title=\"&quot;\u{301}&lt;\u{301}&amp;\u{301}&#39;\u{301}&gt;\u{301}\">")
    }

    @Test func `the score is a sum that ends at the score`() {
        let text = ScoreSection(message: message(), row: row(message())).html.text
        #expect(text.contains("The allowance for short distance"))
        #expect(text.contains("1 hard brake<"))
        #expect(text.contains("−6") && text.contains("−13") && text.contains(">81<"))
        var unscored = message()
        unscored.clearScore()
        unscored.unscorable = "tooShort"
        let reason = ScoreSection(message: unscored, row: row(unscored)).html.text
        #expect(reason.contains("too short to judge"))
    }

    @Test func `an event reads in plain words`() {
        var event = message().events[0]
        #expect(Words.change(of: event) == "61 → 18 km/h in 2.4 s")
        #expect(Words.peak(of: event) == "3.5 m/s²")
        event.kind = "hardCorner"
        #expect(Words.change(of: event) == "to the left at 61 km/h, for 2.4 s")
    }

    @Test(
        arguments: [
            (0, "0 m"), (999, "999 m"), (1_000, "1.0 km"), (9_649, "9.6 km"), (99_949, "99.9 km"),
            (99_951, "100 km"), (1_234_499, "1234 km"),
        ] as [(Int64, String)])
    func `a distance reads in metres, then kilometres`(meters: Int64, text: String) {
        #expect(Words.distance(meters) == text)
    }

    @Test(
        arguments: [
            (0, "0 s"), (59_499, "59 s"), (2_076_000, "34 min 36 s"), (3_900_000, "1 h 5 min"),
        ] as [(Int64, String)])
    func `a duration reads in its two largest units`(milliseconds: Int64, text: String) {
        #expect(Words.duration(milliseconds: milliseconds) == text)
    }

    @Test func `a moment names its zone`() {
        #expect(
            Words.time(1_767_225_600_000).text
                == "<time datetime=\"2026-01-01T00:00:00.000Z\">1 Jan 2026, 00:00 UTC</time>")
    }

    @Test func `an empty list says how to begin`() {
        let text = TripListPage(trips: [], next: nil, isFirst: true).html.text
        #expect(text.contains("tacho import"))
    }
}

/// Whether every tag that opens is closed, in order.
struct Markup {
    let isWhole: Bool

    init(_ html: String) throws {
        let void: Set = ["meta", "link", "br", "img", "!doctype"]
        var open: [String] = []
        var isWhole = true
        for match in html.matches(of: /<(\/?)([a-zA-Z!][a-zA-Z0-9]*)((?:[^>"]|"[^"]*")*?)(\/?)>/) {
            let name = String(match.2)
            if void.contains(name) || !match.4.isEmpty { continue }
            if match.1.isEmpty {
                open.append(name)
            } else if open.popLast() != name {
                isWhole = false
            }
        }
        self.isWhole = isWhole && open.isEmpty
    }
}
