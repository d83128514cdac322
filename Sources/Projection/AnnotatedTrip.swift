internal import SQLite
internal import Topics
public import Trips

/// A trip with what its clients say of it and nothing is computed from.
public struct AnnotatedTrip: Equatable, Sendable {
    /// The trip.
    public var row: TripRow
    /// What clients say: of each fact, what the owner said last.
    public var facts: TripFacts
    /// When the log took its first upload, in epoch milliseconds.
    public var createdMilliseconds: Int64
    /// When the log took the last upload that changed it or its facts, in epoch milliseconds.
    public var updatedMilliseconds: Int64
}

extension Projection {
    /// A trip and what is said of it; nil where there is no such trip or it was deleted.
    public func annotated(_ trip: TripID) throws -> AnnotatedTrip? {
        try read(.annotatedTrip) { connection in
            guard let row = try connection.row(of: trip), row.status != .deleted else {
                return nil
            }
            return try connection.annotated(row)
        }
    }

    /// The next trips in the list, as ``page(_:after:limit:)`` gives them, with what is said of each.
    public func annotatedPage(
        _ filter: TripFilter, after cursor: TripCursor?, limit: Int
    ) throws -> (trips: [AnnotatedTrip], next: TripCursor?) {
        try read(.annotatedTrip) { connection in
            let (rows, next) = try connection.page(filter, after: cursor, limit: limit)
            return (try rows.map(connection.annotated), next)
        }
    }
}

extension Connection {
    fileprivate func annotated(_ row: TripRow) throws(SQLiteError) -> AnnotatedTrip {
        let created = try integer(
            "SELECT time FROM blocks WHERE trip = ? AND upload = ?", .text(row.trip.rawValue),
            .integer(row.firstUpload))
        var trip = AnnotatedTrip(
            row: row, facts: TripFacts(),
            createdMilliseconds: created ?? row.lastUploadMilliseconds,
            updatedMilliseconds: row.lastUploadMilliseconds)
        let said = try rows(
            """
            SELECT value, time FROM blocks INDEXED BY blocks_with_facts
            WHERE trip = ? AND says_facts = 1 ORDER BY upload
            """, .text(row.trip.rawValue)
        ) { (upload: try? Topics.tripUploads.decode($0.bytes(0)), milliseconds: $0.int64(1)) }
        for (upload, milliseconds) in said {
            guard let upload, let facts = upload.said?.trip,
                upload.user == nil || upload.user?.rawValue == row.user
            else { continue }
            trip.facts.take(facts)
            trip.updatedMilliseconds = max(trip.updatedMilliseconds, milliseconds)
        }
        return trip
    }
}
