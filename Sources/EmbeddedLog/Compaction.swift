public import EventLog
import Glibc

extension EmbeddedLog {
    /// What one round of compaction came to.
    public struct Compaction: Sendable, Equatable {
        /// Partitions that were compacted.
        public var partitions = 0
        /// Records that went.
        public var records = 0
        /// Transactions that removed them.
        public var transactions = 0
        /// The largest share of records that were new when the round came to their partition, of
        /// all partitions that had enough of them, 0…1.
        public var dirtyRatio = 0.0
        /// Whether another process was at it, so that nothing was done.
        public var isElsewhere = false
    }

    /// Removes what is superseded in compacted topics, and gives its room back.
    ///
    /// Each partition keeps at least the last record of every key, and everything that is too
    /// young. Done in transactions that are bounded by ``CompactionOptions``, so that appends need
    /// not wait for long; each leaves the log as good as compacted so far, so that a round that is
    /// broken off, however, is no harm, and goes on with the next. Doing it twice is the same as
    /// doing it once. The first offset kept and the next one stay as they are.
    ///
    /// Of several processes one does it at a time.
    ///
    /// - Parameter now: the time to measure age from, in milliseconds since 1970.
    @discardableResult
    public func compact(now: Int64) async throws(LogError) -> Compaction {
        try await compact(now: now) { () throws(LogError) in }
    }

    /// - Parameter willWrite: comes before every transaction; what it throws ends the round there.
    func compact(
        now: Int64, willWrite: @Sendable () throws(LogError) -> Void
    ) async throws(LogError) -> Compaction {
        var round = Compaction()
        guard let lock = try CompactionLock(besides: file.path) else {
            round.isElsewhere = true
            return round
        }
        defer { withExtendedLifetime(lock) {} }
        let limits = options.compaction
        for topic in try await topics() where topic.isCompacted {
            for partition in 0..<topic.partitions where !Task.isCancelled {
                let pass = CompactionPass(
                    log: self, source: TopicPartition(topic.name, partition), limits: limits,
                    now: now)
                try await pass.run(counting: &round, willWrite: willWrite)
            }
        }
        guard round.records > 0 else { return round }
        var isLeft = true
        while isLeft {
            try willWrite()
            isLeft = try await writer.write { try $0.vacuum(pages: limits.vacuumPages) }
            guard await Self.rested(limits.pause) else { break }
        }
        return round
    }

    /// Compacts at once and then every so often, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - now: the time to measure age from, in milliseconds since 1970.
    ///   - done: told of every round and how long it took.
    ///   - failed: told of a round that failed; the next one goes on where it stopped.
    public func compact(
        every interval: Duration, now: () -> Int64, done: (Compaction, Duration) -> Void,
        failed: (LogError) -> Void
    ) async {
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                done(try await compact(now: now()), .now - start)
            } catch {
                failed(error)
            }
            guard await Self.rested(interval) else { return }
        }
    }

    /// Rests; false where the task was cancelled.
    static func rested(_ duration: Duration) async -> Bool {
        do {
            try await Task.sleep(for: duration)
            return true
        } catch {
            return false
        }
    }
}

/// Lets one process at a time compact; the kernel lets go of it when the process ends.
private final class CompactionLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock `<path>.compact`; nil where somebody has it.
    init?(besides path: String) throws(LogError) {
        descriptor = try openFile(path + ".compact")
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { return nil }
    }

    deinit { Glibc.close(descriptor) }
}
