internal import Topics
internal import Trips

/// A trip without what lies within the circle around its driver's home: for everybody else.
enum HiddenHome {
    /// What is left of the points.
    static func cut(_ points: [Point], _ home: HomeCircle?) -> [Point] {
        guard let home else { return points }
        return points.filter { !home.holds($0) }
    }

    /// What is left of what is said of the trip: events are where they were.
    static func cut(_ message: Tacho_V1_TripScore, _ home: HomeCircle?) -> Tacho_V1_TripScore {
        guard let home else { return message }
        var message = message
        message.events.removeAll { event in
            home.holds(
                Point(
                    timeMilliseconds: 0, latitudeE7: event.latitudeE7,
                    longitudeE7: event.longitudeE7))
        }
        return message
    }
}

extension HomeCircle {
    /// Whether a point lies in the circle, its edge included.
    func holds(_ point: Point) -> Bool {
        let middle = Point(
            timeMilliseconds: 0, latitudeE7: latitudeE7, longitudeE7: longitudeE7)
        return Geometry.distanceMeters(from: middle, to: point) <= Double(radiusMeters)
    }
}
