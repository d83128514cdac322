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
                page(of: row, message, points(0..<50)), page(of: [(row, message)]),
                Templates.render(
                    .message, Frame(name, Preferences(), SiteOptions()),
                    MessageView(text: name, link: name, linkText: name)),
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

    @Test func `no template lets anything in unescaped`() {
        for name in Templates.Name.allCases {
            let source = Templates.source(name)
            for mark in ["{{{", "{{&", "CONTENT_TYPE", " style=", "onclick", "<style", "='"] {
                #expect(!source.contains(mark), "\(name): \(mark)")
            }
            // What is put into an attribute stands in double quotes.
            #expect(source.firstMatch(of: /=\{\{/) == nil, "\(name)")
        }
    }

    @Test func `escaping goes by scalars`() {
        let quote = "\"\u{301}<\u{301}&\u{301}'\u{301}>\u{301}"
        let escaped = "&quot;\u{301}&lt;\u{301}&amp;\u{301}&#39;\u{301}&gt;\u{301}"
        #expect(HTML("<i title=\"\(quote)\">").text == "<i title=\"\(escaped)\">")
        #expect(PageText().escapeText(quote) == escaped)
        #expect(PageText().escapeText("é – 東京") == "é – 東京")
    }

    @Test func `the score is a sum that ends at the score`() {
        let view = ScoreView(message(), isDriving: false)
        #expect(
            view.breakdown.map(\.cause) == ["The allowance for short distance", "1 hard brake"])
        #expect(view.breakdown.map(\.pointsLost) == ["−6", "−13"])
        #expect(view.total == 81)
        #expect(view.advice.count == 2)
        #expect(view.advice[0].contains("braking took 13 points"))
        var unscored = message()
        unscored.clearScore()
        unscored.unscorable = "tooShort"
        let none = ScoreView(unscored, isDriving: true)
        #expect(none.total == nil && none.reason.contains("too short to judge"))
    }

    @Test func `an event reads in plain words`() {
        var event = message().events[0]
        #expect(Words(units: .metric).change(of: event) == "61 → 18 km/h in 2.4 s")
        #expect(Words(units: .imperial).change(of: event) == "38 → 11 mph in 2.4 s")
        #expect(Words.peak(of: event) == "3.5 m/s²")
        event.kind = "hardCorner"
        #expect(
            Words(units: .metric).change(of: event) == "to the left at 61 km/h, for 2.4 s")
        let view = EventView(event, number: 3, .clock, Preferences())
        #expect(view.what == "Moderate hard corner" && view.cost == "13 points")
    }

    @Test(
        arguments: [
            (0, "0 m"), (999, "999 m"), (1_000, "1.0 km"), (9_649, "9.6 km"), (99_949, "99.9 km"),
            (99_951, "100 km"), (1_234_499, "1234 km"),
        ] as [(Int64, String)])
    func `a distance reads in metres, then kilometres`(meters: Int64, text: String) {
        #expect(Units.metric.distance(meters) == text)
    }

    @Test(
        arguments: [
            (0, "0 ft"), (160, "525 ft"), (161, "0.1 mi"), (1_609, "1.0 mi"), (9_649, "6.0 mi"),
            (160_800, "99.9 mi"), (160_934, "100 mi"),
        ] as [(Int64, String)])
    func `a distance reads in feet, then miles`(meters: Int64, text: String) {
        #expect(Units.imperial.distance(meters) == text)
    }

    @Test(
        arguments: [
            (0, "0 s"), (59_499, "59 s"), (2_076_000, "34 min 36 s"), (3_900_000, "1 h 5 min"),
        ] as [(Int64, String)])
    func `a duration reads in its two largest units`(milliseconds: Int64, text: String) {
        #expect(Words.duration(milliseconds: milliseconds) == text)
    }

    @Test func `an empty list says how to begin`() {
        #expect(page(of: []).contains("tacho import"))
    }

    private func page(of row: TripRow, _ message: Tacho_V1_TripScore, _ points: [Point]) -> String {
        tripPage(row, message, points)
    }

    private func page(of trips: [(row: TripRow, message: Tacho_V1_TripScore)]) -> String {
        let view = TripListView(
            trips, next: nil, isFirst: true, filter: TripFilter(), seesOthers: true,
            preferences: Preferences())
        return Templates.render(.trips, Frame("Trips", Preferences(), SiteOptions()), view)
    }
}

/// The page of a trip.
func tripPage(
    _ row: TripRow, _ message: Tacho_V1_TripScore, _ points: [Point],
    _ preferences: Preferences = Preferences()
) -> String {
    let view = TripView(
        row, message, points, user: row.user, data: "/trips/t1", live: nil, version: .first,
        preferences)
    return Templates.render(.trip, Frame(view.title, preferences, SiteOptions()), view)
}

/// Whether every tag that opens is closed, in order.
struct Markup {
    let isWhole: Bool

    init(_ html: String) throws {
        let void: Set = ["meta", "link", "br", "img", "!doctype", "input", "path", "circle"]
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
