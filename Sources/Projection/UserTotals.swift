internal import SQLite

/// A user's trips, added up.
public struct UserTotals: Equatable, Sendable {
    /// Trips, without deleted ones.
    public var trips: Int64 = 0
    /// Metres driven.
    public var distanceMeters: Int64 = 0
    /// Time driven, in milliseconds.
    public var durationMilliseconds: Int64 = 0
    /// Events by kind.
    public var hardBrakes: Int64 = 0
    /// Events by kind.
    public var hardAccelerations: Int64 = 0
    /// Events by kind.
    public var hardCorners: Int64 = 0
    /// How well the user drives.
    public var rating = UserRating()

    /// Of no trips.
    public init() {}
}

/// The mean of a user's trip scores weighted by distance, newest trips first until 1,000 km are
/// reached; the trip that crosses the limit counts whole.
public struct UserRating: Equatable, Sendable {
    /// Metres beyond which older trips no longer count.
    public static let limitMeters: Int64 = 1_000_000
    private var weighted: Int64 = 0
    private var distance: Int64 = 0

    /// No trips.
    public init() {}

    /// Whether older trips no longer count.
    public var isFull: Bool { distance >= Self.limitMeters }

    /// Takes the next older trip that has a score.
    public mutating func add(score: Int64, distanceMeters: Int64) {
        guard !isFull else { return }
        weighted += score * distanceMeters
        distance += distanceMeters
    }

    /// The rating in tenths of a point, 0…1,000, halves rounded up; nil without a scored trip.
    public var tenths: Int64? {
        distance > 0 ? (20 * weighted + distance) / (2 * distance) : nil
    }
}

extension Projection {
    /// What a user's trips come to; nil for a user without any.
    public func totals(ofUser user: String) throws -> UserTotals? {
        try read(.user) { connection in
            let statement = try connection.statement(
                """
                SELECT distance_m, duration_ms, hard_brakes, hard_accelerations, hard_corners, score
                FROM trips WHERE user = ? AND status < 3 ORDER BY sort_time DESC, id
                """)
            try statement.bind(1, user)
            var totals = UserTotals()
            while try statement.step() {
                totals.trips += 1
                totals.distanceMeters += statement.int64(0)
                totals.durationMilliseconds += statement.int64(1)
                totals.hardBrakes += statement.int64(2)
                totals.hardAccelerations += statement.int64(3)
                totals.hardCorners += statement.int64(4)
                if !statement.isNull(5) {
                    totals.rating.add(
                        score: statement.int64(5), distanceMeters: statement.int64(0))
                }
            }
            return totals.trips > 0 ? totals : nil
        }
    }
}
