import EventLog
import SQLite

/// The topics as one connection knows them; kept, because topics only come and
/// their partitions never change.
struct Catalog {
    /// A topic and where its partitions are.
    struct Entry {
        let specification: TopicSpecification
        let firstPartition: Int64

        /// The ids of its partitions.
        var partitionIDs: Range<Int64> {
            firstPartition..<firstPartition + Int64(specification.partitions)
        }

        /// The partition of the topic that has this id.
        func topicPartition(id: Int64) -> TopicPartition {
            TopicPartition(specification.name, Int(id - firstPartition))
        }
    }

    private(set) var entries: [TopicName: Entry] = [:]

    /// Reads the topics anew.
    mutating func reload(_ connection: Connection) throws(SQLiteError) {
        let rows = try connection.rows(
            "SELECT name, first_partition, partitions, is_compacted, retention_ms FROM topics"
        ) { row -> Entry? in
            TopicName(row.string(0)).map { name in
                Entry(
                    specification: TopicSpecification(
                        name: name, partitions: Int(row.int64(2)), isCompacted: row.int64(3) != 0,
                        retentionMilliseconds: row.isNull(4) ? nil : row.int64(4)),
                    firstPartition: row.int64(1))
            }
        }
        for case let entry? in rows { entries[entry.specification.name] = entry }
    }

    /// The topic of that name; looks into the file where it is not known yet.
    mutating func entry(
        _ name: TopicName, _ connection: Connection
    ) throws -> Entry {
        if let entry = entries[name] { return entry }
        try reload(connection)
        guard let entry = entries[name] else {
            throw LogError.unknownPartition(TopicPartition(name, 0))
        }
        return entry
    }

    /// The id of a partition.
    mutating func id(
        of topicPartition: TopicPartition, _ connection: Connection
    ) throws -> Int64 {
        let entry: Entry
        do {
            entry = try self.entry(topicPartition.topic, connection)
        } catch is LogError {
            throw LogError.unknownPartition(topicPartition)
        }
        guard (0..<entry.specification.partitions).contains(topicPartition.partition) else {
            throw LogError.unknownPartition(topicPartition)
        }
        return entry.firstPartition + Int64(topicPartition.partition)
    }
}
