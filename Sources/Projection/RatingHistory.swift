internal import SQLite
public import Trips

/// What a user's rating was once a trip was driven.
public struct RatingPoint: Equatable, Sendable {
    /// The trip.
    public var trip: TripID
    /// What the trip is sorted by, in epoch milliseconds.
    public var sortMilliseconds: Int64
    /// The trip's own score, 0…100.
    public var score: Int64
    /// Metres driven in the trip.
    public var distanceMeters: Int64
    /// The rating of this trip and those before it, in tenths of a point; nil where they are of no
    /// length.
    public var ratingTenths: Int64?
}

extension Projection {
    /// How a user's rating went, scored trip by scored trip in time order, as trips count now.
    ///
    /// - Parameter limit: the newest trips that are told of at most.
    public func ratingHistory(ofUser user: String, limit: Int) throws -> [RatingPoint] {
        try read(.history) { connection in
            let statement = try connection.statement(
                """
                SELECT id, sort_time, score, distance_m FROM trips INDEXED BY trips_scored
                WHERE user = ? AND status < 3 AND score IS NOT NULL ORDER BY sort_time DESC, id
                """)
            try statement.bind(1, user)
            defer { statement.reset() }
            // Newest first, and as many trips more as the rating after the oldest one counts.
            var trips: [RatingPoint] = []
            var meters: Int64 = 0
            while trips.count < limit || meters < UserRating.limitMeters, try statement.step() {
                guard let trip = TripID(statement.string(0)) else { continue }
                trips.append(
                    RatingPoint(
                        trip: trip, sortMilliseconds: statement.int64(1),
                        score: statement.int64(2), distanceMeters: statement.int64(3)))
                if trips.count >= limit { meters += statement.int64(3) }
            }
            return rated(trips, limit)
        }
    }

    /// The first of these trips, newest first, each rated with those behind it; oldest first.
    private func rated(_ trips: [RatingPoint], _ limit: Int) -> [RatingPoint] {
        var history: [RatingPoint] = []
        for index in trips.indices.prefix(limit) {
            var rating = UserRating()
            for trip in trips[index...] {
                if rating.isFull { break }
                rating.add(score: trip.score, distanceMeters: trip.distanceMeters)
            }
            var point = trips[index]
            point.ratingTenths = rating.tenths
            history.append(point)
        }
        return history.reversed()
    }
}
