internal import EventLog
internal import Glibc
internal import SQLite
internal import Topics

/// Where each trip's uploads lie, as the version's own records say: a cache in one SQLite file.
///
/// Never ahead of the log; thrown away and read again from `trip-scores.vN` where it is damaged,
/// of another format, or of another log.
final class TripIndex {
    private let connection: Connection
    private static let format = Format(
        applicationID: 0x7461_6978,
        migrations: [
            """
            CREATE TABLE trips (
                partition INTEGER NOT NULL, trip TEXT NOT NULL, state TEXT NOT NULL,
                first_upload INTEGER NOT NULL, last_upload INTEGER NOT NULL,
                last_time INTEGER NOT NULL, PRIMARY KEY (partition, trip)
            ) WITHOUT ROWID;
            CREATE TABLE positions (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL);
            """,
            "ALTER TABLE trips ADD COLUMN inherited TEXT",
        ])

    /// What the index knows of a trip.
    struct Entry: Equatable {
        var trip: String
        var firstUpload: Int64
        var lastUpload: Int64
        /// Where the trip was taken over and the version has said nothing of it since: the events
        /// taken over, by id.
        var inherited: [String]?
        /// Whether it is to be said once anything comes for it.
        var isStraddling = false
    }

    /// A record of `trip-scores.vN`, as far as the index takes it in.
    struct Said {
        var key: [UInt8]
        var value: [UInt8]?
        var headers: [Header]
    }

    /// Opens the file, or memory; a file that cannot be used is made anew.
    init(path: String?) throws {
        guard let path else {
            connection = try Self.open(":memory:")
            _ = try connection.bring(to: Self.format)
            return
        }
        if let usable = try Self.usable(path) {
            connection = usable
            return
        }
        try Self.remove(path: path)
        connection = try Self.open(path)
        _ = try connection.bring(to: Self.format)
    }

    /// Removes the file, to be made anew from the log.
    static func remove(path: String?) throws {
        guard let path else { return }
        for suffix in ["", "-wal", "-shm"]
        where unlink(path + suffix) != 0 && errno != ENOENT {
            throw LogError.unavailable(
                reason: "cannot remove \(path + suffix): \(String(cString: strerror(errno)))")
        }
    }

    private static func open(_ path: String) throws(SQLiteError) -> Connection {
        try Connection(path: path, mode: .readWrite, synchronous: .normal)
    }

    /// The file, or nil where it is damaged or of another format.
    private static func usable(_ path: String) throws -> Connection? {
        do {
            let connection = try open(path)
            return try connection.bring(to: format) == .current ? connection : nil
        } catch let error as SQLiteError where error.isCorrupt {
            return nil
        }
    }

    /// The next offset of the partition of `trip-scores.vN` that the index has not taken in.
    func nextOffset(partition: Int) throws(SQLiteError) -> Int64 {
        try connection.integer(
            "SELECT next_offset FROM positions WHERE partition = ?", .integer(Int64(partition)))
            ?? 0
    }

    /// Forgets a partition, to be read again from its first record.
    func forget(partition: Int) throws(SQLiteError) {
        try connection.run("DELETE FROM trips WHERE partition = ?", .integer(Int64(partition)))
        try connection.run("DELETE FROM positions WHERE partition = ?", .integer(Int64(partition)))
    }

    /// Takes in records of `trip-scores.vN`, and that all before `next` are taken in; all or none.
    func absorb(
        _ records: [Said], partition: Int, next: Int64
    ) throws {
        try connection.transaction {
            for record in records where record.key != Self.progressKey {
                try absorb(record, partition: partition)
            }
            try connection.run(
                """
                INSERT INTO positions VALUES (?1, ?2)
                ON CONFLICT DO UPDATE SET next_offset = max(next_offset, ?2)
                """, .integer(Int64(partition)), .integer(next))
        }
    }

    private static let progressKey = Array(Topics.progressKey.utf8)

    private func absorb(_ record: Said, partition: Int) throws(SQLiteError) {
        func text(_ name: String) -> String? {
            record.headers.last { $0.name == name }.map {
                String(decoding: $0.value, as: UTF8.self)
            }
        }
        let trip = String(decoding: record.key, as: UTF8.self)
        guard let value = record.value else {
            return try connection.run(
                "DELETE FROM trips WHERE partition = ? AND trip = ?", .integer(Int64(partition)),
                .text(trip))
        }
        guard let first = text(TachoHeader.firstUpload).flatMap({ Int64($0) }),
            let last = text(TachoHeader.lastUpload).flatMap({ Int64($0) }),
            let time = text(TachoHeader.lastUploadTime).flatMap({ Int64($0) })
        else { return }
        let state = text(TachoHeader.state) ?? ""
        var inherited: String?
        if text(TachoHeader.base) != nil {
            let isStraddling = state == Takeover.straddling
            inherited = isStraddling ? "" : Self.events(value).joined(separator: "\n")
        }
        try connection.run(
            "INSERT OR REPLACE INTO trips VALUES (?, ?, ?, ?, ?, ?, ?)",
            .integer(Int64(partition)), .text(trip), .text(state), .integer(first), .integer(last),
            .integer(time), Value(inherited))
    }

    /// The events that a trip's record lists, by id.
    private static func events(_ value: [UInt8]) -> [String] {
        ((try? Topics.tripScores(.first).decode(value))?.events ?? []).map(\.id)
    }

    private static let columns = "trip, first_upload, last_upload, inherited, state"

    private static func entry(_ row: Statement) -> Entry {
        Entry(
            trip: row.string(0), firstUpload: row.int64(1), lastUpload: row.int64(2),
            inherited: row.isNull(3)
                ? nil : row.string(3).split(separator: "\n").map(String.init),
            isStraddling: row.string(4) == Takeover.straddling)
    }

    /// What is known of a trip.
    func entry(partition: Int, trip: String) throws(SQLiteError) -> Entry? {
        try connection.rows(
            "SELECT \(Self.columns) FROM trips WHERE partition = ? AND trip = ?",
            .integer(Int64(partition)), .text(trip), row: Self.entry
        ).first
    }

    /// Trips in progress with an upload at or after a time, the latest first.
    func driving(
        partition: Int, since timeMilliseconds: Int64, limit: Int
    ) throws(SQLiteError) -> [Entry] {
        try connection.rows(
            """
            SELECT \(Self.columns) FROM trips
            WHERE partition = ? AND state = 'driving' AND last_time >= ?
            ORDER BY last_time DESC LIMIT ?
            """, .integer(Int64(partition)), .integer(timeMilliseconds), .integer(Int64(limit)),
            row: Self.entry)
    }

    /// Moves the write-ahead log into the file once it is large.
    func tidy() throws(SQLiteError) {
        _ = try connection.checkpoint(.passive)
    }
}
