internal import SQLite
internal import Topics
public import Trips

/// A point of interest of a trip: an event that the version has found, or what a client reports.
public struct InterestPoint: Equatable, Sendable {
    /// What it is.
    public enum Kind: Equatable, Sendable {
        /// An event, by its kind: `hardBrake`, `hardAcceleration` or `hardCorner`.
        case detected(String)
        /// What a client reports, as ``ReportedPoint/kind`` says.
        case reported(UInt32)
    }

    /// Its id: of an event, the event's; else the client's, which may stand in several trips.
    public var id: String
    /// Its trip.
    public var trip: TripID
    /// Whose the trip is.
    public var user: String
    /// What it is.
    public var kind: Kind
    /// Latitude in 1e-7 degree.
    public var latitudeE7: Int32
    /// Longitude in 1e-7 degree.
    public var longitudeE7: Int32
    /// When it began, in epoch milliseconds.
    public var timeMilliseconds: Int64

    fileprivate init(_ event: Tacho_V1_DrivingEvent, of row: TripRow) {
        id = event.id
        trip = row.trip
        user = row.user
        kind = .detected(event.kind)
        latitudeE7 = event.latitudeE7
        longitudeE7 = event.longitudeE7
        timeMilliseconds = event.startedAtMs
    }

    /// The row of a query for ``columns``; nil where it holds what no writer writes.
    fileprivate init?(_ row: Statement) {
        guard let trip = TripID(row.string(0)) else { return nil }
        self.trip = trip
        user = row.string(1)
        id = row.string(2)
        kind = .reported(UInt32(truncatingIfNeeded: row.int64(3)))
        latitudeE7 = Int32(truncatingIfNeeded: row.int64(4))
        longitudeE7 = Int32(truncatingIfNeeded: row.int64(5))
        timeMilliseconds = row.int64(6)
    }

    fileprivate static let columns = """
        reported_pois.trip, reported_pois.user, reported_pois.id, kind, latitude, longitude, time
        """

    /// By time; detected ones first, then by id.
    fileprivate static func isBefore(_ a: InterestPoint, _ b: InterestPoint) -> Bool {
        func rank(_ point: InterestPoint) -> Int {
            if case .detected = point.kind { 0 } else { 1 }
        }
        return (a.timeMilliseconds, rank(a), a.id) < (b.timeMilliseconds, rank(b), b.id)
    }
}

extension Projection {
    /// A trip's points of interest by time: what was found, and what its owner reports; nil where
    /// there is no such trip or it was deleted.
    public func interests(of trip: TripID) throws -> [InterestPoint]? {
        try read(.interests) { connection in
            guard let row = try connection.row(of: trip), row.status != .deleted else {
                return nil
            }
            return try interests(of: row, connection)
        }
    }

    /// The point of interest of an id, where its trip is shown; of several that clients have given
    /// one id, the one reported first.
    ///
    /// - Parameter user: whose trips are looked at; nil for everybody's.
    public func interest(_ id: String, ofUser user: String? = nil) throws -> InterestPoint? {
        try read(.interests) { connection in
            if let trip = Self.trip(ofEvent: id), let row = try connection.row(of: trip),
                row.status != .deleted, user == nil || row.user == user,
                let event = message(of: row)?.events.first(where: { $0.id == id })
            {
                return InterestPoint(event, of: row)
            }
            return try connection.rows(
                """
                SELECT \(InterestPoint.columns) FROM reported_pois
                JOIN trips ON trips.id = reported_pois.trip AND trips.user = reported_pois.user
                WHERE reported_pois.id = ?1 AND trips.status < 3
                    AND (?2 IS NULL OR trips.user = ?2)
                ORDER BY reported, reported_pois.trip LIMIT 1
                """, .text(id), Value(user), row: InterestPoint.init
            ).first ?? nil
        }
    }

    /// The next points of interest: trip by trip, newest trips first, within a trip by time.
    ///
    /// - Parameter user: whose; nil for everybody's.
    /// - Returns: at most `limit` points, and where to go on if there may be more.
    public func interests(
        ofUser user: String? = nil, after cursor: InterestCursor?, limit: Int
    ) throws -> (points: [InterestPoint], next: InterestCursor?) {
        try read(.interests) { connection in
            var found: [(point: InterestPoint, place: InterestCursor)] = []
            func take(_ row: TripRow, from first: Int = 0) throws {
                let trip = TripCursor(sortMilliseconds: row.sortMilliseconds, trip: row.trip)
                for (index, point) in try interests(of: row, connection).enumerated()
                where index >= first {
                    found.append((point, InterestCursor(trip: trip, listed: index + 1)))
                }
            }
            if let cursor, let row = try connection.row(of: cursor.trip.trip),
                row.status != .deleted, user == nil || row.user == user
            {
                try take(row, from: cursor.listed)
            }
            var place = cursor?.trip
            repeat {
                // Few trips at a time: each may have thousands.
                let (rows, next) = try connection.page(
                    TripFilter(user: user), after: place, limit: 20, also: hasInterests)
                for row in rows where found.count <= limit { try take(row) }
                place = next
            } while place != nil && found.count <= limit
            let next = found.count > limit && limit > 0 ? found[limit - 1].place : nil
            return (found.prefix(limit).map(\.point), next)
        }
    }

    private func interests(_ row: TripRow) -> [InterestPoint] {
        guard row.hardBrakes + row.hardAccelerations + row.hardCorners > 0 else { return [] }
        return (message(of: row)?.events ?? []).map { InterestPoint($0, of: row) }
    }

    private func interests(
        of row: TripRow, _ connection: Connection
    ) throws(SQLiteError) -> [InterestPoint] {
        let reported = try connection.rows(
            "SELECT \(InterestPoint.columns) FROM reported_pois WHERE trip = ? AND user = ?",
            .text(row.trip.rawValue), .text(row.user), row: InterestPoint.init
        ).compactMap { $0 }
        return (interests(row) + reported).sorted(by: InterestPoint.isBefore)
    }

    /// The trip of an event, by the event's id: `<trip>-<kind>-<start>`.
    private static func trip(ofEvent id: String) -> TripID? {
        guard let start = id.lastIndex(of: "-"), Int64(id[id.index(after: start)...]) != nil,
            let kind = id[..<start].lastIndex(of: "-")
        else { return nil }
        return TripID(String(id[..<kind]))
    }
}

/// Whether a trip of `trips` has any point of interest.
private let hasInterests = """
    (hard_brakes + hard_accelerations + hard_corners > 0 OR EXISTS (
        SELECT 1 FROM reported_pois
        WHERE reported_pois.trip = trips.id AND reported_pois.user = trips.user))
    """
