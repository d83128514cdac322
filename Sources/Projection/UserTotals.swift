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
    /// The highest speed of any trip, in metres per hour.
    public var maxSpeedMetersPerHour: Int64 = 0
    /// How well the user drives, in tenths of a point, 0…1,000, as ``UserRating`` makes it; nil
    /// without a scored trip.
    public var ratingTenths: Int64?

    /// No trips.
    public init() {}
}

extension Projection {
    /// What a user's trips come to; nil for a user without any.
    public func totals(ofUser user: String) throws -> UserTotals? {
        try read(.user) { try $0.totals(of: user) }
    }
}

extension Connection {
    /// What a user's trips come to.
    func totals(of user: String) throws(SQLiteError) -> UserTotals? {
        try rows("SELECT \(totalsColumns) FROM totals WHERE user = ?", .text(user)) {
            userTotals($0, from: 0)
        }.first
    }
}

/// The columns of ``userTotals(_:from:)``, in order.
let totalsColumns = """
    trips, distance_m, duration_ms, hard_brakes, hard_accelerations, hard_corners, max_speed, rating
    """

/// The totals of a query for ``totalsColumns``, which begin with this column.
func userTotals(_ row: Statement, from first: Int32) -> UserTotals {
    var totals = UserTotals()
    totals.trips = row.int64(first)
    totals.distanceMeters = row.int64(first + 1)
    totals.durationMilliseconds = row.int64(first + 2)
    totals.hardBrakes = row.int64(first + 3)
    totals.hardAccelerations = row.int64(first + 4)
    totals.hardCorners = row.int64(first + 5)
    totals.maxSpeedMetersPerHour = row.int64(first + 6)
    totals.ratingTenths = row.isNull(first + 7) ? nil : row.int64(first + 7)
    return totals
}
