public import EventLog
import SQLite

extension EmbeddedLog {
    /// Removes records that are older than their topic keeps them, and gives their room back.
    ///
    /// Only a prefix of each partition goes: the first record that is young enough keeps all
    /// after it. Done in transactions of ``Options/retentionChunk`` records, so that appends
    /// need not wait for long. Doing it twice is the same as doing it once.
    ///
    /// - Parameter now: the time to measure age from, in milliseconds since 1970.
    /// - Returns: how many records went.
    @discardableResult
    public func enforceRetention(now: Int64) async throws(LogError) -> Int {
        var removed = 0
        for topic in try await topics() {
            guard let retention = topic.retentionMilliseconds else { continue }
            for partition in 0..<topic.partitions {
                let topicPartition = TopicPartition(topic.name, partition)
                let chunk = options.retentionChunk
                var count = chunk
                while count == chunk {
                    count = try await writer.write { transaction in
                        try transaction.removeRecords(
                            of: topicPartition, olderThan: now - retention, limit: chunk)
                    }
                    removed += count
                }
            }
        }
        if removed > 0 {
            while try await writer.write({ try $0.vacuum(pages: 256) }) {}
        }
        return removed
    }

    /// Enforces retention at once and then every so often, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - now: the time to measure age from, in milliseconds since 1970.
    ///   - failed: told of a round that failed; the next one tries again.
    public func enforceRetention(
        every interval: Duration, now: () -> Int64, failed: (LogError) -> Void
    ) async {
        while !Task.isCancelled {
            do {
                try await enforceRetention(now: now())
            } catch {
                failed(error)
            }
            do {
                try await Task.sleep(for: interval)
            } catch {
                return
            }
        }
    }
}

extension WriteTransaction {
    /// Removes the first records of a partition up to the first that is young enough.
    fileprivate func removeRecords(
        of topicPartition: TopicPartition, olderThan cutoff: Int64, limit: Int
    ) throws -> Int {
        let id = try id(of: topicPartition)
        let end = rowID(partition: id, offset: try nextOffset(of: id))
        let select = try connection.statement(
            """
            SELECT id, timestamp_ms FROM records
            WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3
            """)
        try select.bind([.integer(id << 40), .integer(end), .integer(Int64(limit))])
        var count = 0
        var lastRow: Int64?
        while try select.step(), select.int64(1) < cutoff {
            lastRow = select.int64(0)
            count += 1
        }
        select.reset()
        guard let lastRow else { return 0 }
        let start = offset(ofRow: lastRow) + 1
        try connection.run(
            "DELETE FROM records WHERE id >= ?1 AND id <= ?2", .integer(id << 40),
            .integer(lastRow))
        try connection.run(
            "UPDATE partitions SET start_offset = ?2 WHERE id = ?1", .integer(id), .integer(start))
        try connection.run(
            "DELETE FROM marks WHERE partition = ?1 AND offset < ?2", .integer(id),
            .integer(start))
        return count
    }

    /// Gives free pages at the file's end back to the file system; false when none is left.
    func vacuum(pages: Int) throws -> Bool {
        let before = try connection.integer("PRAGMA freelist_count") ?? 0
        guard before > 0 else { return false }
        try connection.execute("PRAGMA incremental_vacuum(\(pages))")
        return try connection.integer("PRAGMA freelist_count") ?? 0 < before
    }
}
