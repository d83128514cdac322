internal import Projection
internal import Topics
internal import Trips

/// The list of trips, newest first.
struct TripListPage {
    /// Trips with what the version says of each.
    let trips: [(row: TripRow, message: Tacho_V1_TripScore)]
    /// Where the list goes on.
    let next: TripCursor?
    /// Whether this is the beginning of the list.
    let isFirst: Bool

    /// The page.
    var html: HTML {
        Page.document(
            title: "Trips",
            body: """
                <h1>Trips</h1>
                \(content)
                \(HTML.optional(next) {
                    "<a class=\"next\" rel=\"next\" href=\"/?cursor=\($0.description)\">Older trips</a>"
                })
                """)
    }

    private var content: HTML {
        guard !trips.isEmpty else {
            return isFirst
                ? """
                <p>No trip has arrived yet. Trips show up here by themselves as soon as a phone \
                sends some, or after <code>tacho import FILE</code>.</p>
                """ : "<p>There are no older trips. <a href=\"/\">To the newest</a></p>"
        }
        return """
            <ul class="trips">
            \(HTML.each(trips) { Self.card($0.row, $0.message) })
            </ul>
            """
    }

    private static func card(_ row: TripRow, _ message: Tacho_V1_TripScore) -> HTML {
        """
        <li class="trip">\(score(row))<div>
        <h2><a href="/trips/\(row.trip.rawValue)"><bdi>\(title(row, message))</bdi></a></h2>
        <p class="faint">\(Words.time(row.sortMilliseconds)) · <bdi>\(row.user)</bdi></p>
        <p>\(facts(row))</p>
        </div></li>
        """
    }

    /// The trip's name, or its id where it has none.
    static func title(_ row: TripRow, _ message: Tacho_V1_TripScore) -> String {
        message.hasName && !message.name.isEmpty ? message.name : row.trip.rawValue
    }

    private static func score(_ row: TripRow) -> HTML {
        guard let score = row.score else {
            return "<span class=\"score none\" role=\"img\" aria-label=\"No score\">–</span>"
        }
        return """
            <span class="score" role="img" aria-label="Score \(score) of 100">\(score)</span>
            """
    }

    private static func facts(_ row: TripRow) -> HTML {
        let state = row.status == .driving ? "Under way · " : ""
        let distance = Words.distance(row.distanceMeters)
        let duration = Words.duration(milliseconds: row.durationMilliseconds)
        return "\(state)\(distance) in \(duration) · \(events(row))"
    }

    /// `2 hard brakes, 1 hard corner`.
    private static func events(_ row: TripRow) -> String {
        let counts = [
            (row.hardBrakes, "hard brake"), (row.hardAccelerations, "hard acceleration"),
            (row.hardCorners, "hard corner"),
        ]
        let said = counts.filter { $0.0 > 0 }.map { Words.count($0.0, $0.1) }
        return said.isEmpty ? "nothing hard" : said.joined(separator: ", ")
    }
}
