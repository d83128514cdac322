internal import Metrics
internal import SQLite
internal import Synchronization
public import Topics
public import Trips

extension Projection {
    /// Which document of a trip.
    public enum Kind: Sendable {
        /// The trip itself.
        case trip
        /// Its events.
        case events
    }

    /// What is found of a document.
    public enum Found: Equatable, Sendable {
        /// The document, with the tag of its content, and whose the trip is.
        case document([UInt8], tag: UInt64, owner: String)
        /// The asker has it: its tag is this.
        case known(tag: UInt64, owner: String)
        /// The trip was deleted.
        case deleted
        /// No such trip.
        case nothing
    }

    /// A trip's document, which is not read where the asker knows its tag.
    public func document(
        _ kind: Kind, of trip: TripID, isKnown: (UInt64) -> Bool
    ) throws -> Found {
        try read(.document) { connection in
            let statement = try connection.statement(
                kind == .trip
                    ? "SELECT status, document_tag, user, document FROM trips WHERE id = ?"
                    : "SELECT status, events_tag, user, events FROM trips WHERE id = ?")
            try statement.bind(1, trip.rawValue)
            defer { statement.reset() }
            guard try statement.step() else { return .nothing }
            if statement.int64(0) == TripRow.Status.deleted.rawValue { return .deleted }
            let tag = UInt64(bitPattern: statement.int64(1))
            let owner = statement.string(2)
            if isKnown(tag) { return .known(tag: tag, owner: owner) }
            count(documents: 1)
            return .document(statement.bytes(3), tag: tag, owner: owner)
        }
    }

    /// A trip with everything that is kept of it; nil where nothing is known. A deleted trip has
    /// a row.
    public func row(of trip: TripID) throws -> TripRow? {
        try read(.row) { connection in
            count(documents: 1)
            return try connection.row(of: trip)
        }
    }

    /// What the version says of a trip, without reading its documents; nil where nothing is known,
    /// or it was deleted.
    public func message(of trip: TripID) throws -> Tacho_V1_TripScore? {
        let value = try read(.row) { connection in
            try connection.rows(
                "SELECT message FROM trips WHERE id = ? AND status < 3", .text(trip.rawValue)
            ) { $0.bytes(0) }.first
        }
        return value.flatMap(decoded)
    }

    /// Trips shown as under way whose last upload came at or before a time, the longest silent
    /// first.
    public func silent(since milliseconds: Int64, limit: Int) throws -> [TripRow] {
        try read(.silent) { connection in
            try connection.rows(
                """
                SELECT \(rowColumns) FROM trips
                WHERE status < 3 AND status = 1 AND last_upload_time <= ?
                ORDER BY last_upload_time LIMIT ?
                """, .integer(milliseconds), .integer(Int64(limit)), row: tripRow
            ).compactMap { $0 }
        }
    }

    /// The trips with the latest uploads at or after a time, those longest not heard of first. Looks
    /// at every trip.
    public func heard(since milliseconds: Int64, limit: Int) throws -> [TripRow] {
        try read(.heard) { connection in
            try connection.rows(
                """
                SELECT \(rowColumns) FROM trips
                WHERE status < 3 AND last_upload_time >= ? ORDER BY last_upload_time DESC LIMIT ?
                """, .integer(milliseconds), .integer(Int64(limit)), row: tripRow
            ).reversed().compactMap { $0 }
        }
    }

    /// Reads, and says how long it took and whether the file is damaged.
    func read<T>(_ query: Query, _ body: (Connection) throws -> T) throws -> T {
        let start = ContinuousClock.now
        defer { query.timer.record(duration: .now - start) }
        do {
            return try pool.read(body)
        } catch let error as SQLiteError where error.isCorrupt {
            damaged.store(true, ordering: .relaxed)
            throw error
        }
    }
}

extension Connection {
    /// A trip with everything that is kept of it.
    func row(of trip: TripID) throws(SQLiteError) -> TripRow? {
        try rows(
            "SELECT \(rowColumns) FROM trips WHERE id = ?", .text(trip.rawValue), row: tripRow
        ).first ?? nil
    }
}

/// The columns of ``tripRow(_:)``, in order.
let rowColumns = """
    id, user, status, sort_time, partition, last_upload, last_upload_time, distance_m, duration_ms, \
    score, hard_brakes, hard_accelerations, hard_corners, first_upload, max_speed, document, \
    events, message
    """

/// The row of a query for ``rowColumns``; nil where it holds what no writer writes.
func tripRow(_ row: Statement) -> TripRow? {
    guard let trip = TripID(row.string(0)), let status = TripRow.Status(rawValue: row.int64(2))
    else { return nil }
    var found = TripRow(
        trip: trip, user: row.string(1), status: status, sortMilliseconds: row.int64(3),
        partition: Int(row.int64(4)), lastUpload: row.int64(5),
        lastUploadMilliseconds: row.int64(6))
    found.distanceMeters = row.int64(7)
    found.durationMilliseconds = row.int64(8)
    found.score = row.isNull(9) ? nil : row.int64(9)
    found.hardBrakes = row.int64(10)
    found.hardAccelerations = row.int64(11)
    found.hardCorners = row.int64(12)
    found.firstUpload = row.int64(13)
    found.maxSpeedMetersPerHour = row.int64(14)
    found.document = row.bytes(15)
    found.events = row.bytes(16)
    found.message = row.bytes(17)
    return found
}
