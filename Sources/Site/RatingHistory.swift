internal import Projection

/// How a user's rating became what it is: after each trip with a score, what it was then.
struct RatingHistory {
    /// Trips that are looked back over at most.
    static let tripLimit = 500
    /// Points of the chart, and rows of the table, at most.
    static let pointLimit = 24

    /// A rating after a trip.
    struct Point: Equatable {
        /// When that trip began, in epoch milliseconds.
        var milliseconds: Int64
        /// The rating in tenths of a point.
        var tenths: Int64
    }

    /// Ratings, the oldest first; of many trips some, the last among them.
    let points: [Point]

    /// The history of a user's trips.
    ///
    /// - Parameter rows: the user's trips, newest first.
    init(_ rows: [TripRow]) {
        let scored = rows.filter { $0.score != nil }
        let step = max(1, (scored.count + Self.pointLimit - 1) / Self.pointLimit)
        points = stride(from: 0, to: scored.count, by: step).reversed().compactMap { index in
            var rating = UserRating()
            for row in scored[index...] {
                if rating.isFull { break }
                rating.add(score: row.score ?? 0, distanceMeters: row.distanceMeters)
            }
            return rating.tenths.map {
                Point(milliseconds: scored[index].sortMilliseconds, tenths: $0)
            }
        }
    }
}
