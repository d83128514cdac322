import EventLog
import SQLite

/// How far a partition is compacted.
struct CompactionState: Sendable {
    /// What a pass leaves before the end of its head.
    struct Left: Sendable {
        var records = 0
        var tombstones = 0

        mutating func count(_ row: KeyRow) {
            records += 1
            tombstones += row.isTombstone ? 1 : 0
        }
    }

    /// The first offset kept.
    let start: Int64
    /// The first offset that no pass has come to.
    let first: Int64
    /// The offset that the next record will get.
    let end: Int64
    /// Records before ``first``, as the last pass counted them.
    let records: Int64
    /// Tombstones among them.
    let tombstones: Int64
    /// What tombstones before this offset superseded is gone for long enough.
    let oldBefore: Int64

    /// The share of the records before an offset that no pass has come to, 0…1.
    func dirtyRatio(upTo offset: Int64) -> Double {
        let dirty = offset - first
        return dirty > 0 ? Double(dirty) / Double(dirty + records) : 0
    }

    /// Whether it is a tombstone that nobody can need any more. The last record of a partition
    /// stays, so that a reader's way to the end ends with a record.
    func isOldTombstone(_ row: KeyRow) -> Bool {
        row.isTombstone && row.offset < oldBefore && row.offset < end - 1
    }
}

/// A record as compaction sees it.
struct KeyRow: Sendable {
    let offset: Int64
    let timestampMilliseconds: Int64
    let key: [UInt8]
    let isTombstone: Bool
    /// Of key and value.
    let bytes: Int
}

extension ReadSession {
    /// How far a partition is compacted.
    ///
    /// - Parameter time: tombstones of passes up to then are old, in milliseconds since 1970.
    func compaction(
        of source: TopicPartition, tombstonesCleanedBy time: Int64
    ) throws -> CompactionState {
        let cursor = try cursors([source: 0])[0]
        let range = try ranges(of: [cursor])[0]
        let last = try connection.rows(
            "SELECT clean_offset, records, tombstones FROM compactions WHERE partition = ?1",
            .integer(cursor.id)
        ) { row in (row.int64(0), row.int64(1), row.int64(2)) }.first
        let oldBefore = try connection.integer(
            "SELECT max(offset) FROM horizons WHERE partition = ?1 AND cleaned_ms <= ?2",
            .integer(cursor.id), .integer(time))
        return CompactionState(
            start: range.lowerBound, first: max(range.lowerBound, last?.0 ?? 0),
            end: range.upperBound, records: last?.1 ?? 0, tombstones: last?.2 ?? 0,
            oldBefore: oldBefore ?? 0)
    }

    /// The keys of the first records of a range of offsets, in their order.
    func keys(
        of source: TopicPartition, from first: Int64, to end: Int64, limit: Int
    ) throws -> [KeyRow] {
        try keys(of: source, first, end, limit, Self.selectKeys + " ORDER BY id LIMIT ?3")
    }

    /// The keys of the last records of a range of offsets, from its end backward.
    func keys(
        of source: TopicPartition, from first: Int64, before end: Int64, limit: Int
    ) throws -> [KeyRow] {
        try keys(of: source, first, end, limit, Self.selectKeys + " ORDER BY id DESC LIMIT ?3")
    }

    /// `length` does not read what it measures.
    private static let selectKeys = """
        SELECT id, timestamp_ms, key, value IS NULL, length(key) + coalesce(length(value), 0)
        FROM records WHERE id >= ?1 AND id < ?2
        """

    private func keys(
        of source: TopicPartition, _ first: Int64, _ end: Int64, _ limit: Int, _ sql: String
    ) throws -> [KeyRow] {
        let id = try cursors([source: first])[0].id
        return try connection.rows(
            sql, .integer(rowID(partition: id, offset: first)),
            .integer(rowID(partition: id, offset: end)), .integer(Int64(limit))
        ) { row in
            KeyRow(
                offset: offset(ofRow: row.int64(0)), timestampMilliseconds: row.int64(1),
                key: row.bytes(2), isTombstone: row.int64(3) != 0, bytes: Int(row.int64(4)))
        }
    }
}

extension WriteTransaction {
    /// Removes records that are superseded.
    func remove(_ offsets: [Int64], of source: TopicPartition) throws {
        let id = try id(of: source)
        let delete = try connection.statement("DELETE FROM records WHERE id = ?1")
        for offset in offsets {
            try delete.bind(1, rowID(partition: id, offset: offset))
            try delete.run()
        }
    }

    /// Writes down that a pass has come to its end.
    ///
    /// - Parameters:
    ///   - state: what it found.
    ///   - end: where its head ended.
    ///   - left: what it left before that.
    func compacted(
        _ source: TopicPartition, state: CompactionState, before end: Int64,
        left: CompactionState.Left, now: Int64
    ) throws {
        let id = try id(of: source)
        try connection.run(
            "INSERT OR REPLACE INTO compactions VALUES (?1, ?2, ?3, ?4)", .integer(id),
            .integer(end), .integer(Int64(left.records)), .integer(Int64(left.tombstones)))
        // What they allowed has been done.
        try connection.run(
            "DELETE FROM horizons WHERE partition = ?1 AND offset <= ?2", .integer(id),
            .integer(state.oldBefore))
        guard left.tombstones > 0, end > state.oldBefore else { return }
        try connection.run(
            "INSERT OR IGNORE INTO horizons VALUES (?1, ?2, ?3)", .integer(id), .integer(end),
            .integer(now))
    }
}
