import EventLog
import SQLite

extension WriteTransaction {
    /// Makes the topics that do not exist yet.
    func create(_ topics: [TopicSpecification]) throws {
        var wanted: [TopicName: TopicSpecification] = [:]
        try reloadCatalog()
        for topic in topics {
            precondition((1...10_000).contains(topic.partitions), "1…10,000 partitions a topic")
            let known = catalog.entries[topic.name]?.specification ?? wanted[topic.name]
            if let known, known.partitions != topic.partitions {
                throw LogError.partitionsDiffer(
                    topic: topic.name, has: known.partitions, wanted: topic.partitions)
            }
            if known == nil { wanted[topic.name] = topic }
        }
        for topic in wanted.values.sorted(by: { $0.name < $1.name }) { try insert(topic) }
        if !wanted.isEmpty { try reloadCatalog() }
    }

    /// Changes whether topics are compacted and how long their records stay.
    func change(_ topics: [TopicSpecification]) throws {
        try reloadCatalog()
        for topic in topics {
            let known = try entry(of: topic.name).specification
            guard known.partitions == topic.partitions else {
                throw LogError.partitionsDiffer(
                    topic: topic.name, has: known.partitions, wanted: topic.partitions)
            }
            try connection.run(
                "UPDATE topics SET is_compacted = ?2, retention_ms = ?3 WHERE name = ?1",
                .text(topic.name.rawValue), .integer(topic.isCompacted ? 1 : 0),
                Value(topic.retentionMilliseconds))
        }
        try reloadCatalog()
    }

    private func insert(_ topic: TopicSpecification) throws(SQLiteError) {
        let first =
            try connection.integer("SELECT max(first_partition + partitions) FROM topics") ?? 1
        try connection.run(
            """
            INSERT INTO topics (name, first_partition, partitions, is_compacted, retention_ms)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, .text(topic.name.rawValue), .integer(first), .integer(Int64(topic.partitions)),
            .integer(topic.isCompacted ? 1 : 0), Value(topic.retentionMilliseconds))
        for id in first..<first + Int64(topic.partitions) {
            try connection.run(
                "INSERT INTO partitions VALUES (?1, 0, 0, ?2)", .integer(id), .integer(.min))
        }
    }
}

extension ReadSession {
    /// For each partition, the first offset kept and the next one.
    func offsets(of topic: TopicName) throws -> [TopicPartition: Range<Int64>] {
        let cursors = try allCursors(of: topic)
        let ranges = try ranges(of: cursors)
        return Dictionary(uniqueKeysWithValues: zip(cursors.map(\.topicPartition), ranges))
    }

    /// For each partition, the lowest offset with that timestamp or a later one.
    func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) throws -> [TopicPartition: Int64] {
        let cursors = try allCursors(of: topic)
        var offsets: [TopicPartition: Int64] = [:]
        for (cursor, range) in zip(cursors, try ranges(of: cursors)) {
            offsets[cursor.topicPartition] =
                try first(in: range, of: cursor.id, at: timestampMilliseconds) ?? range.upperBound
        }
        return offsets
    }

    /// For each partition that the group has committed, the next offset.
    func committed(group: String) throws -> [TopicPartition: Int64] {
        let names = try connection.rows(
            """
            SELECT t.name, o.partition - t.first_partition, o.next_offset
            FROM groups g JOIN group_offsets o ON o.group_id = g.id
            JOIN topics t ON o.partition >= t.first_partition
                AND o.partition < t.first_partition + t.partitions
            WHERE g.name = ?1
            """, .text(group)
        ) { row in (TopicName(row.string(0)), Int(row.int64(1)), row.int64(2)) }
        var offsets: [TopicPartition: Int64] = [:]
        for case (let name?, let number, let offset) in names {
            offsets[TopicPartition(name, number)] = offset
        }
        return offsets
    }

    private func allCursors(of topic: TopicName) throws -> [ReadCursor] {
        let entry = try self.topic(topic)
        return entry.partitionIDs.map { id in
            ReadCursor(id: id, topicPartition: entry.topicPartition(id: id), offset: 0)
        }
    }

    private func first(
        in range: Range<Int64>, of id: Int64, at timestampMilliseconds: Int64
    ) throws -> Int64? {
        let isLater = try connection.integer(
            "SELECT latest_ms >= ?2 FROM partitions WHERE id = ?1", .integer(id),
            .integer(timestampMilliseconds))
        guard isLater == 1 else { return nil }
        let mark = try connection.integer(
            """
            SELECT offset FROM marks WHERE partition = ?1 AND latest_ms < ?2
            ORDER BY offset DESC LIMIT 1
            """, .integer(id), .integer(timestampMilliseconds))
        let row = try connection.integer(
            """
            SELECT id FROM records WHERE id >= ?1 AND id < ?2 AND timestamp_ms >= ?3
            ORDER BY id LIMIT 1
            """, .integer(rowID(partition: id, offset: max(range.lowerBound, mark ?? 0))),
            .integer(rowID(partition: id, offset: range.upperBound)),
            .integer(timestampMilliseconds))
        return row.map(offset(ofRow:))
    }
}
