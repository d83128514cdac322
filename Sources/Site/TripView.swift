internal import Projection
internal import Topics
internal import Trips

/// A trip: its way, its speed, its events, its score explained, and how good its data were.
struct TripView {
    /// Events that the table shows at most; the rest is in the data.
    static let eventLimit = 60

    /// A fact of the trip in a word or two.
    struct Fact {
        let name: String
        let value: String
    }

    let id: String
    /// The page's title.
    let title: String
    /// The trip's name; nil where it has none, or it is nobody's business: then its day names it.
    let name: String?
    let day: Moment
    /// The trip's id; nil where it is nobody's business.
    let label: String?
    /// Whose it is; nil for those whom neither that nor the trip's names concern.
    let user: String?
    let isDriving: Bool
    let from: Moment
    /// When it ended; nil where it has no points, or is under way.
    let to: Moment?
    /// The offsets of the zone, where it changed them on the way.
    let offsets: String?
    let facts: [Fact]
    /// Nil where no position has arrived yet.
    let track: TrackView?
    let chart: SpeedChart?
    let events: [EventView]
    let hasEvents: Bool
    let eventsLeft: Int?
    let score: ScoreView
    let quality: QualityView
    /// Where the trip and its track are as data, without a form's ending.
    let data: String
    /// Where the track is as the script takes it.
    let drive: String
    /// Where changes of it are told; nil where it does not change.
    let live: String?
    let rulesText: String
    let rulesHash: String
    let version: Int

    /// The page of a trip.
    ///
    /// - Parameters:
    ///   - points: those that may be shown, in order.
    ///   - data: where the trip is as data.
    init(
        _ row: TripRow, _ message: Tacho_V1_TripScore, _ points: [Point], user: String?,
        data: String, live: String?, version: Version,
        _ preferences: Preferences
    ) {
        let zone = preferences.zone
        let words = Words(units: preferences.units)
        id = row.trip.rawValue
        name = user == nil ? nil : TripListView.name(message)
        day = Moment(row.sortMilliseconds, .day, in: zone)
        title = name ?? "Trip of \(day.text)"
        label = user == nil ? nil : row.trip.rawValue
        self.user = user
        isDriving = row.status == .driving
        let start = row.sortMilliseconds
        let end = start + row.durationMilliseconds
        let isOneDay = Moment.areOfOneDay(start, end, in: zone)
        from = Moment(start, .full, in: zone)
        to =
            isDriving || row.durationMilliseconds == 0
            ? nil : Moment(end, isOneDay && zone != .utc ? .minute : .full, in: zone)
        let names = [zone.offsetName(at: start), zone.offsetName(at: end)]
        offsets = names[0] == names[1] ? nil : "\(names[0]), then \(names[1])"
        facts = Self.facts(row, message, words)
        let classes = SpeedClasses(preferences.units)
        let series = SpeedSeries(points, top: Int64(message.maxSpeedMPerH))
        track = TrackDrawing(points, series.runs(classes), classes).map {
            TrackView($0, message.events, classes, preferences.units)
        }
        let form: Moment.Form = isOneDay ? .clock : .full
        events = message.events.prefix(Self.eventLimit).enumerated().map {
            EventView($1, number: $0 + 1, form, preferences)
        }
        hasEvents = !events.isEmpty
        let left = message.events.count - Self.eventLimit
        eventsLeft = left > 0 ? left : nil
        chart = SpeedChart(
            series, events: events.map { ($0.at, "\($0.number): \($0.what)") }, preferences)
        score = ScoreView(message, isDriving: isDriving)
        quality = QualityView(message.quality)
        self.data = data
        drive = "\(data)/drive.json"
        self.live = live
        rulesText = "\(message.rules.name) \(message.rules.version)"
        rulesHash = message.rules.hash
        self.version = version.number
    }

    private static func facts(
        _ row: TripRow, _ message: Tacho_V1_TripScore, _ words: Words
    ) -> [Fact] {
        [
            Fact(name: "Score", value: row.score.map { "\($0) of 100" } ?? "none"),
            Fact(name: "Distance", value: words.distance(row.distanceMeters)),
            Fact(name: "Time", value: Words.duration(milliseconds: row.durationMilliseconds)),
            Fact(name: "Average speed", value: words.speed(Int64(message.averageSpeedMPerH))),
            Fact(name: "Top speed", value: words.speed(Int64(message.maxSpeedMPerH))),
            Fact(name: "Hard manoeuvres", value: "\(message.events.count)"),
        ]
    }
}
