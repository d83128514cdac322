internal import Projection

/// What somebody's trips come to, and how they want to see things.
struct ProfileView {
    /// A fact in a word or two.
    struct Fact {
        let name: String
        let value: String
    }
    /// The rating after a trip.
    struct Rated {
        let day: Moment
        let rated: String
    }
    /// A choice of a setting.
    struct Choice {
        let value: String
        let name: String
        let isSelected: Bool
    }

    let user: String
    let facts: [Fact]
    let hasTrips: Bool
    /// `87.5`; nil without a trip that has a score.
    let rating: String?
    let skill: String
    /// The rating over time as an SVG path of 1,000 by 200; nil where there is no line.
    let curve: String?
    let curveSummary: String
    let history: [Rated]
    let units: [Choice]
    let zone: String
    let formToken: String?

    /// The profile of a user.
    init(
        user: String, _ totals: UserTotals?, _ history: RatingHistory, _ preferences: Preferences,
        formToken: String?
    ) {
        let words = Words(units: preferences.units)
        self.user = user
        let totals = totals ?? UserTotals()
        hasTrips = totals.trips > 0
        rating = totals.ratingTenths.map(Self.decimal)
        skill = Self.skill(tenths: totals.ratingTenths)
        facts = [
            Fact(name: "Trips", value: "\(totals.trips)"),
            Fact(name: "Distance", value: words.distance(totals.distanceMeters)),
            Fact(name: "Time", value: Words.duration(milliseconds: totals.durationMilliseconds)),
            Fact(name: "Hard brakes", value: "\(totals.hardBrakes)"),
            Fact(name: "Hard accelerations", value: "\(totals.hardAccelerations)"),
            Fact(name: "Hard corners", value: "\(totals.hardCorners)"),
        ]
        curve = Self.curve(history.points)
        curveSummary =
            "Rating from \(history.points.first.map { Self.decimal($0.tenths) } ?? "none") to "
            + (history.points.last.map { Self.decimal($0.tenths) } ?? "none")
        self.history = history.points.reversed().map { point in
            Rated(
                day: Moment(point.milliseconds, .day, in: preferences.zone),
                rated: Self.decimal(point.tenths))
        }
        units = [(Units.metric, "Kilometres, km/h"), (.imperial, "Miles, mph")].map { units, name in
            Choice(
                value: units.rawValue, name: name, isSelected: units == preferences.units)
        }
        zone = preferences.isZoneChosen ? preferences.zone.name : ""
        self.formToken = formToken
    }

    /// The app's word for how somebody drives.
    static func skill(tenths: Int64?) -> String {
        guard let tenths, tenths > 0 else { return "not available" }
        if tenths <= 450 { return "Poor" }
        if tenths <= 750 { return "Average" }
        return tenths <= 900 ? "Great!" : "Amazing!"
    }

    private static func decimal(_ tenths: Int64) -> String { "\(tenths / 10).\(tenths % 10)" }

    /// Trips evenly apart: what counts is their order, not how much time lies between.
    private static func curve(_ points: [RatingHistory.Point]) -> String? {
        guard points.count > 1 else { return nil }
        var path = ""
        let places = points.enumerated().map { index, point in
            Place(
                x: Double(index) * 1_000 / Double(points.count - 1),
                y: 200 - Double(point.tenths) / 5)
        }
        TrackDrawing.append(places, to: &path)
        return path
    }
}
