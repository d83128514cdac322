internal import Projection
internal import Topics
internal import Trips

/// A trip: its way, its events, its score explained, and how good its data were.
struct TripPage {
    /// Events that the table shows at most; the rest is in the data.
    static let eventLimit = 100

    let row: TripRow
    let message: Tacho_V1_TripScore
    let points: [Point]

    /// The page.
    var html: HTML {
        let title = TripListPage.title(row, message)
        return Page.document(
            title: title,
            body: """
                <p><a href="/">All trips</a></p>
                <h1><bdi>\(title)</bdi></h1>
                <p class="faint">\(Words.time(row.sortMilliseconds)) · <bdi>\(row.user)</bdi>\
                \(row.status == .driving ? " · under way" : "")</p>
                \(facts)
                <h2>Where</h2>
                \(map)
                <h2>Events</h2>
                \(events)
                <h2>The score explained</h2>
                \(ScoreSection(message: message, row: row).html)
                <h2>Quality of the data</h2>
                \(quality)
                <h2>Data</h2>
                \(links)
                """)
    }

    private var facts: HTML {
        """
        <dl class="facts">
        <div><dt>Score</dt><dd>\(row.score.map { "\($0) of 100" } ?? "none")</dd></div>
        <div><dt>Distance</dt><dd>\(Words.distance(row.distanceMeters))</dd></div>
        <div><dt>Time</dt><dd>\(Words.duration(milliseconds: row.durationMilliseconds))</dd></div>
        <div><dt>Average speed</dt>\
        <dd>\(Words.kilometersPerHour(message.averageSpeedMPerH)) km/h</dd></div>
        <div><dt>Top speed</dt>\
        <dd>\(Words.kilometersPerHour(message.maxSpeedMPerH)) km/h</dd></div>
        <div><dt>Hard manoeuvres</dt><dd>\(message.events.count)</dd></div>
        </dl>
        """
    }

    private var map: HTML {
        guard let drawing = TrackDrawing(points) else {
            return "<p>No position has arrived yet.</p>"
        }
        return TrackFigure(drawing: drawing, message: message).html
    }

    private var events: HTML {
        guard !message.events.isEmpty else {
            return "<p>No hard braking, acceleration or cornering was found.</p>"
        }
        let left = message.events.count - Self.eventLimit
        return """
            <table>
            <caption>Hard manoeuvres in the order in which they happened</caption>
            <thead><tr><th scope="col">No.</th><th scope="col">What</th><th scope="col">When</th>\
            <th scope="col" class="number">Cost</th></tr></thead>
            <tbody>
            \(HTML.each(Array(message.events.prefix(Self.eventLimit).enumerated())) {
                Self.line($0, $1)
            })
            </tbody>
            </table>
            \(left > 0 ? more(left) : "")
            """
    }

    private func more(_ left: Int) -> HTML {
        """
        <p>\(left) more are in <a href="/v1/trips/\(row.trip.rawValue)/events">the data</a>.</p>
        """
    }

    private static func line(_ index: Int, _ event: Tacho_V1_DrivingEvent) -> HTML {
        """
        <tr><td>\(index + 1)</td>\
        <td><span class="\(event.severity)-word">\(event.severity) \(Words.kind(event.kind))</span>\
        <br>\(Words.change(of: event)), at most \(Words.peak(of: event))</td>\
        <td>\(Words.time(event.startedAtMs, withSeconds: true))</td>\
        <td class="number">\(event.points)</td></tr>
        """
    }

    private var quality: HTML {
        let quality = message.quality
        guard quality.readings > 0 else { return "<p>There are no readings yet.</p>" }
        let share = Int64(quality.used) * 100 / Int64(quality.readings)
        let gap = Words.duration(milliseconds: quality.largestGapMs)
        return """
            <p>\(quality.used) of \(quality.readings) readings were used (\(share) %), \
            \(quality.repaired) of them after a correction. The longest time without a good \
            reading was \(gap).</p>
            \(quality.problems.isEmpty ? "<p>Nothing was wrong with them.</p>" : problems)
            """
    }

    private var problems: HTML {
        """
        <ul>
        \(HTML.each(message.quality.problems) { "<li>\(Words.problem($0.kind, $0.count))</li>" })
        </ul>
        """
    }

    private var links: HTML {
        let path = "/v1/trips/\(row.trip.rawValue)"
        return """
            <p><a href="\(path)/track.gpx">GPX</a> · <a href="\(path)/track.csv">CSV</a> ·
            <a href="\(path)/track.geojson">GeoJSON</a> · <a href="\(path)">trip as JSON</a> ·
            <a href="\(path)/events">events as JSON</a></p>
            <p class="faint">Version \(message.rules.name) \(message.rules.version) of the rules, \
            hash <code>\(message.rules.hash)</code>.</p>
            """
    }
}
