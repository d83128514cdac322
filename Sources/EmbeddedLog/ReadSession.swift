import EventLog
import SQLite

/// The next offset to read of one partition, resolved to the partition's id.
struct ReadCursor: Sendable {
    let id: Int64
    let topicPartition: TopicPartition
    var offset: Int64
}

/// One reading connection; belongs to its thread.
final class ReadSession {
    private var open: Connection?
    private var catalog = Catalog()

    init(connection: Connection) {
        open = connection
    }

    /// Lets go of the connection.
    func close() {
        open = nil
    }

    /// The connection.
    ///
    /// - Throws: `unavailable` once closed.
    var connection: Connection {
        get throws {
            guard let open else { throw LogError.unavailable(reason: "the log is closed") }
            return open
        }
    }

    /// Runs the body in one read transaction.
    func snapshot<T>(_ body: () throws -> T) throws -> T {
        try connection.snapshot(body)
    }

    /// A topic.
    func topic(_ name: TopicName) throws -> Catalog.Entry {
        try catalog.entry(name, connection)
    }

    /// All topics, by name.
    func topics() throws -> [TopicSpecification] {
        try catalog.reload(connection)
        return catalog.entries.values.map(\.specification).sorted { $0.name < $1.name }
    }

    /// The offsets, resolved and sorted by partition id.
    func cursors(_ offsets: [TopicPartition: Int64]) throws -> [ReadCursor] {
        var cursors: [ReadCursor] = []
        cursors.reserveCapacity(offsets.count)
        for (topicPartition, offset) in offsets {
            let id = try catalog.id(of: topicPartition, connection)
            cursors.append(ReadCursor(id: id, topicPartition: topicPartition, offset: offset))
        }
        return cursors.sorted { $0.id < $1.id }
    }

    /// The number of the last transaction that this snapshot sees.
    func batch() throws -> Int64 {
        try connection.integer("SELECT batch FROM state") ?? 0
    }

    /// The offsets there are, for each cursor in turn.
    ///
    /// - Parameter cursors: sorted by id.
    func ranges(of cursors: [ReadCursor]) throws -> [Range<Int64>] {
        let select = try connection.statement(
            """
            SELECT id, start_offset, next_offset FROM partitions
            WHERE id BETWEEN ?1 AND ?2 ORDER BY id
            """)
        var ranges: [Range<Int64>] = []
        ranges.reserveCapacity(cursors.count)
        var first = 0
        while first < cursors.count {
            // One query for each run of neighbours: the partitions of a topic are such a run.
            var last = first
            while last + 1 < cursors.count, cursors[last + 1].id == cursors[last].id + 1 {
                last += 1
            }
            try select.bind(1, cursors[first].id)
            try select.bind(2, cursors[last].id)
            while try select.step() { ranges.append(select.int64(1)..<select.int64(2)) }
            first = last + 1
        }
        guard ranges.count == cursors.count else {
            throw SQLiteError.corrupt("a partition has no row")
        }
        return ranges
    }

    /// Reads records of all partitions that have some, each its share of the limit.
    ///
    /// - Parameters:
    ///   - cursors: sorted by id; moved behind what was read.
    ///   - rotation: which partition comes first, so that none is always last.
    func records(
        from cursors: inout [ReadCursor], limit: ReadLimit, rotation: Int
    ) throws -> [Record] {
        let ranges = try ranges(of: cursors)
        for (cursor, range) in zip(cursors, ranges)
        where cursor.offset < range.lowerBound || cursor.offset > range.upperBound {
            throw LogError.offsetOutOfRange(
                Position(cursor.topicPartition, offset: cursor.offset), available: range)
        }
        let ready = cursors.indices.filter { cursors[$0].offset < ranges[$0].upperBound }
        guard !ready.isEmpty else { return [] }
        var left = limit
        var records: [Record] = []
        records.reserveCapacity(
            min(limit.records, ready.reduce(0) { $0 + ranges[$1].count }, 10_000))
        for turn in ready.indices {
            let index = ready[(turn + rotation) % ready.count]
            let partitions = ready.count - turn
            let share = ReadLimit(
                records: (left.records + partitions - 1) / partitions,
                bytes: (left.bytes + partitions - 1) / partitions)
            let before = records.count
            let bytes = try read(
                &cursors[index], end: ranges[index].upperBound, share: share, into: &records)
            left.records -= records.count - before
            left.bytes -= bytes
            if left.records <= 0 || left.bytes <= 0 { break }
        }
        return records
    }

    private func read(
        _ cursor: inout ReadCursor, end: Int64, share: ReadLimit, into records: inout [Record]
    ) throws -> Int {
        let select = try connection.statement(
            """
            SELECT id, timestamp_ms, key, value, headers FROM records
            WHERE id >= ?1 AND id < ?2 ORDER BY id
            """)
        try select.bind(1, rowID(partition: cursor.id, offset: cursor.offset))
        try select.bind(2, rowID(partition: cursor.id, offset: end))
        var count = 0
        var bytes = 0
        while count < share.records, bytes < share.bytes {
            guard try select.step() else {
                // What is missing up to the end was removed: pass over it.
                cursor.offset = end
                return bytes
            }
            let record = Record(
                position: Position(
                    cursor.topicPartition, offset: offset(ofRow: select.int64(0))),
                timestampMilliseconds: select.int64(1), key: select.bytes(2),
                value: select.isNull(3) ? nil : select.bytes(3),
                headers: select.withBytes(4, HeaderCodec.decode))
            cursor.offset = record.position.offset + 1
            count += 1
            bytes += record.key.count + (record.value?.count ?? 0)
            records.append(record)
        }
        select.reset()
        return bytes
    }
}
