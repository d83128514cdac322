extension EmbeddedLog {
    /// The limits of ``EmbeddedLog/compact(now:)``, all with names and all with a default.
    public struct CompactionOptions: Sendable {
        /// A partition is compacted once so large a share of its records came since the last time,
        /// 0…1.
        public var dirtyRatio = 0.5
        /// Fewer records since the last time are not worth it.
        public var dirtyRecords = 256
        /// A record younger than this is not removed, and removes none, in milliseconds: whoever is
        /// no further behind sees every record.
        public var minimumAgeMilliseconds: Int64 = 600_000
        /// How long a tombstone stays once what it superseded is gone, in milliseconds: whoever
        /// reads a partition from its start in less time sees every tombstone that concerns it.
        public var tombstoneMilliseconds: Int64 = 86_400_000
        /// Records that one transaction removes at most.
        public var transactionRecords = 500
        /// Bytes of keys and values after which a transaction removes no further record.
        public var transactionBytes = 4 << 20
        /// Records whose keys are looked at in one read.
        public var readRecords = 2_000
        /// Bytes that the keys of one pass take in memory; what does not fit waits for the next.
        public var keyBytes = 64 << 20
        /// From the end of a transaction to the beginning of the next, for those that append.
        public var pause = Duration.milliseconds(5)
        /// Pages at the file's end that one transaction gives back.
        public var vacuumPages = 256

        /// The defaults.
        public init() {}
    }
}
