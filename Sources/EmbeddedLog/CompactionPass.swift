import EventLog

/// One partition's turn in a round of compaction.
///
/// What may go is decided by what is at the front: `head`, the records that are old enough, from
/// where the last pass came to. Their keys are kept in memory, then the partition is gone through
/// **backward** from the head's end, and every record with a later one of its key in it is removed.
///
/// Two things keep true what a record at the end of every transaction says of all before it, as a
/// scorer's progress does. The head ends where a transaction ends: times differ there, and a
/// transaction has one time. And as it goes backward, a record is only removed once everything
/// superseded between it and its successor is gone. So whoever has read up to such a record that is
/// still there has read, of every key, the last record before it or a later one.
struct CompactionPass {
    let log: EmbeddedLog
    let source: TopicPartition
    let limits: EmbeddedLog.CompactionOptions
    /// The time to measure age from, in milliseconds since 1970.
    let now: Int64

    /// Compacts the partition if it is time to.
    func run(
        counting round: inout EmbeddedLog.Compaction, willWrite: () throws(LogError) -> Void
    ) async throws(LogError) {
        let (source, limits, now) = (source, limits, now)
        let state = try await log.readers.read { session in
            try session.compaction(
                of: source, tombstonesCleanedBy: now - limits.tombstoneMilliseconds)
        }
        if state.end - state.first >= Int64(limits.dirtyRecords) {
            round.dirtyRatio = max(round.dirtyRatio, state.dirtyRatio(upTo: state.end))
        }
        let hasOldTombstones = state.tombstones > 0 && state.oldBefore > 0
        var lasts = LastOffsets(first: state.first)
        if isWorthwhile(state, upTo: state.end) {
            lasts = try await readHead(state)
            if !isWorthwhile(state, upTo: lasts.end) { lasts = LastOffsets(first: state.first) }
        }
        guard lasts.end > state.first || hasOldTombstones else { return }
        guard let left = try await sweep(state, lasts, &round, willWrite) else { return }
        try willWrite()
        let end = lasts.end
        try await log.writer.write { transaction in
            try transaction.compacted(source, state: state, before: end, left: left, now: now)
        }
        round.partitions += 1
    }

    /// Whether so much is new before an offset that a pass is due.
    private func isWorthwhile(_ state: CompactionState, upTo end: Int64) -> Bool {
        end - state.first >= max(1, Int64(limits.dirtyRecords))
            && state.dirtyRatio(upTo: end) >= limits.dirtyRatio
    }

    /// The keys of the head.
    private func readHead(_ state: CompactionState) async throws(LogError) -> LastOffsets {
        let (source, count) = (source, limits.readRecords)
        let youngest = now - limits.minimumAgeMilliseconds
        var lasts = LastOffsets(first: state.first)
        var next = state.first
        while !Task.isCancelled {
            let first = next
            let rows = try await log.readers.read { session in
                try session.keys(of: source, from: first, to: state.end, limit: count)
            }
            guard let last = rows.last else {
                lasts.complete(at: state.end)
                break
            }
            guard lasts.absorb(rows, upTo: youngest, keyBytes: limits.keyBytes) else { break }
            next = last.offset + 1
        }
        return lasts
    }

    /// Removes what goes, from the head's end backward.
    ///
    /// - Returns: what is left before the head's end; nil where the task was cancelled on the way.
    private func sweep(
        _ state: CompactionState, _ lasts: LastOffsets, _ round: inout EmbeddedLog.Compaction,
        _ willWrite: () throws(LogError) -> Void
    ) async throws(LogError) -> CompactionState.Left? {
        let (source, count) = (source, limits.readRecords)
        var left = CompactionState.Left()
        var doomed: [Int64] = []
        var bytes = 0
        var end = lasts.end
        while true {
            guard !Task.isCancelled else { return nil }
            let before = end
            let rows = try await log.readers.read { session in
                try session.keys(of: source, from: state.start, before: before, limit: count)
            }
            for row in rows {
                if lasts.supersedes(row) || state.isOldTombstone(row) {
                    doomed.append(row.offset)
                    bytes += row.bytes
                } else {
                    left.count(row)
                }
                if doomed.count >= limits.transactionRecords || bytes >= limits.transactionBytes {
                    try await remove(doomed, &round, willWrite)
                    doomed = []
                    bytes = 0
                }
            }
            guard let last = rows.last else { break }
            end = last.offset
        }
        if !doomed.isEmpty { try await remove(doomed, &round, willWrite) }
        return left
    }

    private func remove(
        _ offsets: [Int64], _ round: inout EmbeddedLog.Compaction,
        _ willWrite: () throws(LogError) -> Void
    ) async throws(LogError) {
        try willWrite()
        let source = source
        try await log.writer.write { transaction in try transaction.remove(offsets, of: source) }
        round.records += offsets.count
        round.transactions += 1
        // A cancelled task goes no further than the next look.
        _ = await EmbeddedLog.rested(limits.pause)
    }
}
