extension EmbeddedLog {
    /// What one transaction of the writer did.
    public struct GroupCommit: Sendable {
        /// Calls that shared it.
        public let calls: Int
        /// Records that it appended.
        public let records: Int
        /// From taking the lock to the WAL's sync.
        public let duration: Duration
        /// Calls that waited when it was done.
        public let waiting: Int
    }
}
