internal import SQLite
public import Trips

/// Which trips a list is to hold.
public struct TripFilter: Hashable, Sendable {
    /// Only this user's.
    public var user: String?
    /// Only those shown so: driving or complete.
    public var status: TripRow.Status?

    /// All trips, unless said otherwise.
    public init(user: String? = nil, status: TripRow.Status? = nil) {
        self.user = user
        self.status = status
    }

    /// The terms of `WHERE` that leave only trips of the list after a place, and what is bound to
    /// their parameters.
    func terms(after cursor: TripCursor?) -> (terms: String, values: [Value]) {
        var terms = ["status < 3"]
        var values: [Value] = []
        if let user {
            terms.append("user = ?")
            values.append(.text(user))
        }
        if let status { terms.append("status = \(status.rawValue)") }
        if let cursor {
            terms.append("sort_time <= ? AND (sort_time < ? OR id > ?)")
            values += [
                .integer(cursor.sortMilliseconds), .integer(cursor.sortMilliseconds),
                .text(cursor.trip.rawValue),
            ]
        }
        return (terms.joined(separator: " AND "), values)
    }
}

/// A place in the list of trips, newest first: after this trip.
public struct TripCursor: Hashable, Sendable, CustomStringConvertible {
    /// What the trip is sorted by, in epoch milliseconds.
    public var sortMilliseconds: Int64
    /// The trip, which decides among those of one time.
    public var trip: TripID

    /// The place after `trip`.
    public init(sortMilliseconds: Int64, trip: TripID) {
        self.sortMilliseconds = sortMilliseconds
        self.trip = trip
    }

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        guard let dot = text.firstIndex(of: "."), let time = Int64(text[..<dot]),
            let trip = TripID(String(text[text.index(after: dot)...]))
        else { return nil }
        self.init(sortMilliseconds: time, trip: trip)
    }

    /// The cursor as text that needs no escaping in a URL.
    public var description: String { "\(sortMilliseconds).\(trip)" }
}

extension Projection {
    /// The next trips in the list, newest first.
    ///
    /// - Returns: at most `limit` rows, and where to go on if there are more. A trip that keeps
    ///   its start is neither left out nor brought twice by going on.
    public func page(
        _ filter: TripFilter, after cursor: TripCursor?, limit: Int
    ) throws -> (rows: [TripRow], next: TripCursor?) {
        try read(.page) { try $0.page(filter, after: cursor, limit: limit) }
    }
}

extension Connection {
    /// The next trips in the list, newest first.
    ///
    /// - Parameter term: what holds of them as well, in SQL.
    func page(
        _ filter: TripFilter, after cursor: TripCursor?, limit: Int, also term: String? = nil
    ) throws(SQLiteError) -> (rows: [TripRow], next: TripCursor?) {
        var (terms, values) = filter.terms(after: cursor)
        if let term { terms += " AND \(term)" }
        values.append(.integer(Int64(limit) + 1))
        let statement = try statement(
            """
            SELECT \(rowColumns) FROM trips WHERE \(terms) ORDER BY sort_time DESC, id LIMIT ?
            """)
        try statement.bind(values)
        var rows: [TripRow] = []
        while try statement.step() {
            if let row = tripRow(statement) { rows.append(row) }
        }
        guard rows.count > limit, limit > 0 else { return (rows, nil) }
        rows.removeLast(rows.count - limit)
        return (
            rows,
            rows.last.map { TripCursor(sortMilliseconds: $0.sortMilliseconds, trip: $0.trip) }
        )
    }
}
