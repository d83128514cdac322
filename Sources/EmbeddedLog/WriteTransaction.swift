import EventLog
import SQLite

/// One transaction of the writer, shared by all calls that waited when it began.
///
/// A class because the calls pass it on; it never leaves the writer's thread.
final class WriteTransaction {
    /// Where a partition ends.
    struct Cursor {
        var next: Int64
        var latest: Int64
        var isChanged = false
    }

    let connection: Connection
    /// The one time of the transaction, in milliseconds since 1970.
    let now: Int64
    private let recordLimit: Int
    private(set) var catalog: Catalog
    private(set) var cursors: [Int64: Cursor]
    private(set) var recordCount = 0

    /// - Parameter cursors: as the last transaction left them, where nobody else wrote since.
    init(
        connection: Connection, now: Int64, recordLimit: Int, catalog: Catalog,
        cursors: [Int64: Cursor]
    ) {
        self.connection = connection
        self.now = now
        self.recordLimit = recordLimit
        self.catalog = catalog
        self.cursors = cursors
    }

    /// The id of a partition.
    func id(of topicPartition: TopicPartition) throws -> Int64 {
        try catalog.id(of: topicPartition, connection)
    }

    /// A topic.
    func entry(of topic: TopicName) throws -> Catalog.Entry {
        try catalog.entry(topic, connection)
    }

    /// Reads the topics anew, those of this transaction among them.
    func reloadCatalog() throws(SQLiteError) {
        try catalog.reload(connection)
    }

    /// Checks all records, then appends them in order.
    ///
    /// - Throws: `LogError` before anything is written.
    func append(_ records: [NewRecord]) throws -> [Position] {
        let ids = try partitionIDs(of: records)
        return try append(records, to: ids)
    }

    /// The partition of each record.
    ///
    /// - Throws: `LogError` for a record that the log does not take.
    func partitionIDs(of records: [NewRecord]) throws -> [Int64] {
        try records.map { record in
            let bytes = record.bytes
            guard bytes <= recordLimit else {
                throw LogError.recordTooLarge(bytes: bytes, limit: recordLimit)
            }
            return try id(of: record.topicPartition)
        }
    }

    /// Appends records that have been checked.
    func append(_ records: [NewRecord], to ids: [Int64]) throws(SQLiteError) -> [Position] {
        let insert = try connection.statement("INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5)")
        var positions: [Position] = []
        positions.reserveCapacity(records.count)
        for (record, id) in zip(records, ids) {
            var cursor = try cursor(of: id)
            if cursor.next > 0, cursor.next % markDistance == 0 {
                try connection.run(
                    "INSERT INTO marks VALUES (?1, ?2, ?3)", .integer(id), .integer(cursor.next),
                    .integer(cursor.latest))
            }
            try insert.bind(1, rowID(partition: id, offset: cursor.next))
            try insert.bind(2, now)
            try insert.bind(3, record.key)
            try insert.bind(4, record.value)
            try insert.bind(5, HeaderCodec.encode(record.headers))
            try insert.run()
            positions.append(Position(record.topicPartition, offset: cursor.next))
            cursor.next += 1
            cursor.latest = max(cursor.latest, now)
            cursor.isChanged = true
            cursors[id] = cursor
        }
        recordCount += records.count
        return positions
    }

    /// The offset that the next record of a partition will get.
    func nextOffset(of id: Int64) throws(SQLiteError) -> Int64 {
        try cursor(of: id).next
    }

    /// Writes down where the partitions end now.
    func flush() throws(SQLiteError) {
        let update = try connection.statement(
            "UPDATE partitions SET next_offset = ?2, latest_ms = ?3 WHERE id = ?1")
        for (id, cursor) in cursors where cursor.isChanged {
            try update.bind(1, id)
            try update.bind(2, cursor.next)
            try update.bind(3, cursor.latest)
            try update.run()
            cursors[id]?.isChanged = false
        }
    }

    private func cursor(of id: Int64) throws(SQLiteError) -> Cursor {
        if let cursor = cursors[id] { return cursor }
        let select = try connection.statement(
            "SELECT next_offset, latest_ms FROM partitions WHERE id = ?1")
        try select.bind(1, id)
        defer { select.reset() }
        guard try select.step() else {
            throw SQLiteError.corrupt("partition \(id) has no row")
        }
        let cursor = Cursor(next: select.int64(0), latest: select.int64(1))
        cursors[id] = cursor
        return cursor
    }
}
