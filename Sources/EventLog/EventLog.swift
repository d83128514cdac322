/// How much one read may bring.
public struct ReadLimit: Sendable {
    /// At most so many records.
    public var records: Int
    /// Stop after the record that reaches so many bytes of keys and values.
    public var bytes: Int

    /// 1,000 records, 8 MiB, unless said otherwise.
    public init(records: Int = 1_000, bytes: Int = 8 << 20) {
        self.records = records
        self.bytes = bytes
    }
}

/// A log of records in topics and partitions: the one thing the pipeline knows of its engine.
///
/// Two engines keep it: one SQLite file, and a Kafka cluster. Both pass one conformance suite.
/// Every method may throw ``LogError/unavailable(reason:)``, after which the same call may be
/// made again.
public protocol EventLog: Sendable {
    /// Makes the topics that do not exist yet; those that do stay as they are.
    ///
    /// - Throws: ``LogError/partitionsDiffer(topic:has:wanted:)`` where one exists with another
    ///   number of partitions.
    func create(_ topics: [TopicSpecification]) async throws(LogError)

    /// The topics that exist, by name.
    func topics() async throws(LogError) -> [TopicSpecification]

    /// Appends records in order, all or none, and returns once they are durable.
    ///
    /// - Returns: a position a record, in the order given.
    /// - Throws: ``LogError/unknownPartition(_:)``, ``LogError/recordTooLarge(bytes:limit:)``,
    ///   ``LogError/queueFull(limit:)``.
    func append(_ records: [NewRecord]) async throws(LogError) -> [Position]

    /// Reads records from the offsets named, in offset order within each partition.
    ///
    /// Sees only what is committed. Waits up to `wait` for the first record, and answers with
    /// none when there is none. Without a wait none means that there is none: where the task is
    /// cancelled before that is known, it throws. Offsets that compaction or retention removed
    /// inside the range are passed over silently; a start below the first offset kept by retention
    /// is not.
    ///
    /// - Parameter offsets: the next offset to read, a partition.
    /// - Throws: ``LogError/offsetOutOfRange(_:available:)``, ``LogError/unknownPartition(_:)``.
    func read(
        from offsets: [TopicPartition: Int64], limit: ReadLimit, wait: Duration
    ) async throws(LogError) -> [Record]

    /// For each partition of the topic, the first offset kept and the offset that the next
    /// record will get.
    func offsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Range<Int64>]

    /// For each partition, the lowest offset whose timestamp is at or after the one named, or
    /// the next offset where no record is so late.
    func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) async throws(LogError) -> [TopicPartition: Int64]

    /// For each partition, the offset that the next record would have got when it was asked,
    /// once everything before it is decided: a read from there backward finds what will ever be.
    ///
    /// Waits for transactions that were open, at most as long as one may stay open.
    func decidedOffsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Int64]

    /// The next offsets that a group has committed; partitions never committed are left out.
    func committed(group: String) async throws(LogError) -> [TopicPartition: Int64]

    /// Writes down, for lag tools, how far somebody has read who keeps positions elsewhere.
    ///
    /// - Throws: ``LogError/groupTaken(group:holder:)`` where the group has members.
    func note(
        _ offsets: [TopicPartition: Int64], readBy group: String
    ) async throws(LogError)

    /// The groups there are, by name.
    func groups() async throws(LogError) -> [GroupDescription]

    /// Joins a group that consumes the topics.
    ///
    /// - Parameters:
    ///   - member: a name that stays the same over restarts of the same worker; a new session of
    ///     a name takes over from the old one at once, and fences it.
    /// - Throws: ``LogError/groupTaken(group:holder:)``.
    func join(
        group: String, topics: [TopicName], member: String
    ) async throws(LogError) -> any GroupMember

    /// Lets go of files, sockets and threads; later calls throw ``LogError/unavailable(reason:)``.
    func close() async
}

/// What a poll brings.
public enum Poll: Sendable {
    /// These partitions are this member's from now on, each from the next offset to read: the one
    /// committed, else the first one kept.
    case assigned([TopicPartition: Int64])
    /// These partitions are no longer this member's; what it has not committed for them is void.
    case revoked([TopicPartition])
    /// Records of assigned partitions, in offset order within each; none after a wait in vain.
    case records([Record])
}

/// One member's session in a group.
///
/// Used by one task at a time. Every method throws ``LogError/fenced(group:)`` once another
/// session has taken over; the member is of no use from then on.
public protocol GroupMember: Sendable {
    /// The next thing that happened; records come from where the last poll or ``rewind(to:)``
    /// left off. The first poll of a session is `assigned`.
    func poll(limit: ReadLimit, wait: Duration) async throws(LogError) -> Poll

    /// Goes back, or forward, to these offsets: the next poll reads from there. Partitions that
    /// are no longer this member's are passed over.
    ///
    /// - Throws: ``LogError/unknownPartition(_:)`` for one that it never was given.
    func rewind(to offsets: [TopicPartition: Int64]) async throws(LogError)

    /// Brings no records of these partitions until ``resume(_:)``; their place is kept.
    func pause(_ partitions: [TopicPartition]) async throws(LogError)

    /// Goes on with these partitions where they were paused.
    func resume(_ partitions: [TopicPartition]) async throws(LogError)

    /// Appends the outputs and commits the next offsets, both or neither, durably.
    ///
    /// - Returns: the outputs' positions, in the order given.
    /// - Throws: ``LogError/unavailable(reason:)`` also where a partition is no longer this
    ///   member's; the next polls tell.
    func commit(
        outputs: [NewRecord], offsets: [TopicPartition: Int64]
    ) async throws(LogError) -> [Position]

    /// Leaves the group; another may join at once.
    func leave() async
}
