public import EventLog
import SQLite

extension EmbeddedLog {
    /// What a log's file holds, as one moment has it.
    public struct Contents: Equatable, Sendable {
        /// A topic and its partitions, by number.
        public struct Topic: Equatable, Sendable {
            /// The topic.
            public var specification: TopicSpecification
            /// Its partitions, by number.
            public var partitions: [Partition]
        }

        /// What one partition holds.
        public struct Partition: Equatable, Sendable {
            /// The first offset kept and the next one.
            public var offsets: Range<Int64>
            /// Records there are.
            public var records: Int64
        }

        /// The format of the file.
        public var format: Int
        /// The topics, by name.
        public var topics: [Topic]
    }

    /// The newest format of a file that this build reads.
    public static var newestFormat: Int { logFormat.version }

    /// Copies a log's file as it is at one moment, while processes go on writing to it; the copy
    /// needs no companions. It is not synced.
    ///
    /// - Throws: ``LogError/unusable(reason:)`` for a file of another program, of a newer version
    ///   or damaged; ``LogError/unavailable(reason:)``, also where there is no room.
    public static func copy(
        _ path: String, to target: String,
        progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws(LogError) {
        let file = LogFile(path: path)
        try file.refuseUntrustedFileSystem()
        let connection = try file.openForReading()
        do {
            try judge(connection, path)
            try connection.copy(to: target, progress: progress)
        } catch {
            throw logError(error)
        }
    }

    /// Looks through a log's file that nobody writes, such as a copy, and leaves it as it is.
    ///
    /// - Parameter isChecked: whether every page is checked as well.
    /// - Throws: ``LogError/unusable(reason:)`` also where the file contradicts itself.
    public static func contents(
        of path: String, isChecked: Bool
    ) throws(LogError) -> Contents {
        do {
            let connection = try Connection.unchanging(path)
            let format = try judge(connection, path)
            if isChecked {
                let verdict = try connection.rows("PRAGMA quick_check(3)") { $0.string(0) }
                guard verdict == ["ok"] else {
                    throw LogError.unusable(
                        reason: "\(path) is damaged: \(verdict.joined(separator: "; "))")
                }
            }
            return Contents(format: format, topics: try topics(connection))
        } catch {
            throw logError(error)
        }
    }

    @discardableResult
    private static func judge(_ connection: Connection, _ path: String) throws -> Int {
        let format = Int(try connection.integer("PRAGMA user_version") ?? 0)
        switch logFormat.verdict(
            applicationID: Int32(try connection.integer("PRAGMA application_id") ?? 0),
            version: format, isEmpty: false)
        {
        case .current, .migrate: return format
        case .newer(let version): throw newerFormat(version, path)
        case .foreign:
            throw LogError.unusable(reason: "\(path) is no log of this program")
        }
    }

    private static func topics(_ connection: Connection) throws -> [Contents.Topic] {
        var counts: [Int64: Int64] = [:]
        let counted = try connection.rows("SELECT id >> 40, count(*) FROM records GROUP BY 1") {
            ($0.int64(0), $0.int64(1))
        }
        for (partition, count) in counted { counts[partition] = count }
        var catalog = Catalog()
        try catalog.reload(connection)
        var topics: [Contents.Topic] = []
        for entry in catalog.entries.values {
            let ranges = try connection.rows(
                """
                SELECT id, start_offset, next_offset FROM partitions
                WHERE id >= ?1 AND id < ?2 ORDER BY id
                """, .integer(entry.partitionIDs.lowerBound),
                .integer(entry.partitionIDs.upperBound)
            ) { ($0.int64(0), $0.int64(1), $0.int64(2)) }
            let partitions = try ranges.map { id, start, next in
                guard start <= next else {
                    throw SQLiteError.corrupt("partition \(id) ends before it begins")
                }
                return Contents.Partition(offsets: start..<next, records: counts[id] ?? 0)
            }
            topics.append(.init(specification: entry.specification, partitions: partitions))
        }
        return topics.sorted { $0.specification.name < $1.specification.name }
    }
}
