internal import Projection
internal import Trips

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
    /// The circle around home, as its form shows it.
    struct Home {
        let latitude: String
        let longitude: String
        let radius: Int
    }
    /// A choice of a setting.
    struct Choice {
        let value: String
        let name: String
        let isSelected: Bool
    }

    /// Points of the chart, and rows of the table, at most.
    static let pointLimit = 24
    /// Trips that the history looks back over at most.
    static let tripLimit = 500

    let user: String
    /// First and last name, as far as they are known.
    let name: String?
    /// `3 of 17`; nil without a place.
    let place: String?
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
    /// The circle around home; nil where none is kept.
    let home: Home?
    let formToken: String?

    /// The profile of a user.
    ///
    /// - Parameters:
    ///   - summary: nil for one of whom nothing is known.
    ///   - history: the ratings after trips, oldest first.
    ///   - ranked: users that have a place.
    init(
        user: String, _ summary: UserSummary?, _ history: [RatingPoint], ranked: Int64,
        _ preferences: Preferences, formToken: String?
    ) {
        let words = Words(units: preferences.units)
        self.user = user
        let names = [summary?.profile.firstName, summary?.profile.lastName].compactMap { $0 }
        name = names.isEmpty ? nil : names.joined(separator: " ")
        place = (summary?.place).map { "\($0) of \(ranked)" }
        let totals = summary?.totals ?? UserTotals()
        let history = Self.some(history)
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
        curve = Self.curve(history)
        curveSummary =
            "Rating from \(history.first.map { Self.decimal($0.tenths) } ?? "none") to "
            + (history.last.map { Self.decimal($0.tenths) } ?? "none")
        self.history = history.reversed().map { point in
            Rated(
                day: Moment(point.milliseconds, .day, in: preferences.zone),
                rated: Self.decimal(point.tenths))
        }
        home = summary?.profile.home.map { home in
            Home(
                latitude: HomeForm.text(home.latitudeE7),
                longitude: HomeForm.text(home.longitudeE7), radius: home.radiusMeters)
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

    /// Of many ratings some, evenly apart, the last among them.
    static func some(_ history: [RatingPoint]) -> [(milliseconds: Int64, tenths: Int64)] {
        let step = max(1, (history.count + pointLimit - 1) / pointLimit)
        return stride(from: history.count - 1, through: 0, by: -step).reversed()
            .compactMap { index in
                history[index].ratingTenths.map { (history[index].sortMilliseconds, $0) }
            }
    }

    /// Trips evenly apart: what counts is their order, not how much time lies between.
    private static func curve(
        _ points: [(milliseconds: Int64, tenths: Int64)]
    ) -> String? {
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
