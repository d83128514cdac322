extension EmbeddedLog {
    /// The limits of a log, all with names and all with a default.
    public struct Options: Sendable {
        /// Records that may wait to be appended; beyond them ``LogError/queueFull(limit:)``.
        public var queuedRecords = 100_000
        /// Bytes of keys, values and headers that may wait to be appended; beyond them
        /// ``LogError/queueFull(limit:)``.
        public var queuedBytes = 64 << 20
        /// The largest record taken: key, value and headers together, in bytes.
        public var recordBytes = 1 << 20
        /// Records that one transaction takes at most; a call of more gets one of its own.
        public var transactionRecords = 10_000
        /// Bytes that one transaction takes at most; a call of more gets one of its own.
        public var transactionBytes = 8 << 20
        /// Threads that read, each with a connection of its own.
        public var readers = 2
        /// Size of the WAL file, in bytes, from which the writer moves its pages to the database
        /// file without waiting for anybody.
        public var passiveCheckpointBytes = 8 << 20
        /// Size of the WAL file, in bytes, from which the writer waits for readers and cuts the
        /// file down.
        public var truncatingCheckpointBytes = 64 << 20
        /// Records that retention removes in one transaction.
        public var retentionChunk = 1_000
        /// What ``EmbeddedLog/compact(now:)`` does, and how much of it at a time.
        public var compaction = CompactionOptions()
        /// Called after each group commit with what it did, on the writer's thread: keep it
        /// short.
        public var onCommit: (@Sendable (GroupCommit) -> Void)?

        /// The defaults.
        public init() {}
    }
}
