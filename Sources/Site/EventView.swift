internal import Topics

/// A hard manoeuvre in plain words.
struct EventView {
    let number: Int
    let severity: String
    let what: String
    let change: String
    let peak: String
    let when: Moment
    /// When it began, in epoch milliseconds, by which a script finds it on map and chart.
    let at: Int64
    /// `cost 8 points`.
    let cost: String

    /// An event of a trip.
    ///
    /// - Parameter form: how its time is shown.
    init(
        _ event: Tacho_V1_DrivingEvent, number: Int, _ form: Moment.Form, _ preferences: Preferences
    ) {
        self.number = number
        severity = Self.severity(event.severity)
        what = Words.sentence("\(event.severity) \(Words.kind(event.kind))")
        change = Words(units: preferences.units).change(of: event)
        peak = Words.peak(of: event)
        when = Moment(event.startedAtMs, form, in: preferences.zone)
        at = event.startedAtMs
        cost = Self.cost(Int64(event.points))
    }

    /// What it took from the score, in words.
    static func cost(_ points: Int64) -> String {
        points == 0 ? "less than a point" : Words.count(points, "point")
    }

    /// A severity as the name of a style: nothing but ours.
    static func severity(_ severity: String) -> String {
        severity == "severe" ? "severe" : "moderate"
    }
}
