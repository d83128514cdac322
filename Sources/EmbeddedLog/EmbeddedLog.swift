public import EventLog
import Glibc
import SQLite
import Synchronization

/// The log as one SQLite file: for a laptop, a test and a small installation.
///
/// Appends share transactions (group commit) and are answered once the WAL is synced. Several
/// processes on one machine may have the file open; a network file system is refused. A group
/// has one member at a time.
public final class EmbeddedLog: EventLog {
    let file: LogFile
    let options: Options
    let writer: LogWriter
    let readers: ReadPool
    let bell: Bell
    private let rotation = Atomic<Int>(0)

    /// Opens the log, and makes it where there is none. Waits while another process writes.
    ///
    /// - Parameters:
    ///   - path: the SQLite file; its directory must exist. Files with the same name and an
    ///     ending of their own come to lie beside it.
    ///   - now: the time, in milliseconds since 1970-01-01T00:00:00Z; asked once a transaction.
    /// - Throws: ``LogError/unusable(reason:)`` for a file of another program, of a newer version
    ///   or on a network file system; ``LogError/unavailable(reason:)``.
    public init(
        path: String, options: Options = Options(),
        now: @escaping @Sendable () -> Int64 = { systemMilliseconds() }
    ) throws(LogError) {
        let file = LogFile(path: path)
        try file.refuseUntrustedFileSystem()
        let lock = try WriteLock(besides: path)
        let opened: Result<(Connection, Int64), LogError> = lock.withLock {
            do {
                let connection = try file.openForWriting()
                return .success(
                    (connection, try connection.integer("SELECT batch FROM state") ?? 0))
            } catch {
                return .failure(logError(error))
            }
        }
        let (connection, batch) = try opened.get()
        self.file = file
        self.options = options
        readers = try ReadPool(file: file, count: options.readers)
        bell = try Bell(path: path, latest: batch)
        writer = LogWriter(options: options)
        writer.start(
            GroupCommitter(
                file: file, lock: lock, options: options, now: now, bell: bell,
                connection: connection))
    }

    deinit {
        writer.stop()
        readers.stop()
        bell.stop()
    }

    /// Makes the topics that do not exist yet, all in one transaction.
    ///
    /// - Precondition: 1…10,000 partitions a topic.
    public func create(_ topics: [TopicSpecification]) async throws(LogError) {
        try await writer.write { transaction in
            try transaction.create(topics)
        }
    }

    /// Changes whether topics are compacted and how long their records stay, all in one
    /// transaction; other processes see it with their next look at the topics.
    ///
    /// - Throws: ``LogError/unknownPartition(_:)`` for a topic that is not there,
    ///   ``LogError/partitionsDiffer(topic:has:wanted:)``.
    public func change(_ topics: [TopicSpecification]) async throws(LogError) {
        try await writer.write { transaction in
            try transaction.change(topics)
        }
    }

    /// The topics that exist, by name, those that other processes made among them.
    public func topics() async throws(LogError) -> [TopicSpecification] {
        try await readers.read { session in try session.topics() }
    }

    /// Appends in a transaction shared with all calls that wait; returns once it is synced.
    ///
    /// A call that is answered `unavailable` has not happened, but for one case: where two syncs
    /// in a row fail and then every process goes down before a third succeeds, it may be found
    /// done.
    public func append(_ records: [NewRecord]) async throws(LogError) -> [Position] {
        try await writer.write(
            records: records.count, bytes: records.reduce(0) { $0 + $1.bytes }
        ) { transaction in
            try transaction.append(records)
        }
    }

    /// Reads each partition its share of the limit, another one first each time.
    public func read(
        from offsets: [TopicPartition: Int64], limit: ReadLimit, wait: Duration
    ) async throws(LogError) -> [Record] {
        let deadline = ContinuousClock.now + wait
        let cursors = try await readers.read { session in try session.cursors(offsets) }
        let turn = rotation.wrappingAdd(1, ordering: .relaxed).newValue & Int(Int32.max)
        while true {
            let (records, batch) = try await readers.read { session in
                var cursors = cursors
                let records = try session.records(from: &cursors, limit: limit, rotation: turn)
                return (records, try session.batch())
            }
            if !records.isEmpty || .now >= deadline || Task.isCancelled { return records }
            await bell.wait(after: batch, until: deadline)
        }
    }

    /// The first offset kept and the next one, a partition, all of one moment.
    public func offsets(of topic: TopicName) async throws(LogError)
        -> [TopicPartition: Range<Int64>]
    {
        try await readers.read { session in try session.offsets(of: topic) }
    }

    /// The lowest offset at or after a time, a partition, by scanning at most the records
    /// between two marks where times are sorted.
    public func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) async throws(LogError) -> [TopicPartition: Int64] {
        try await readers.read { session in
            try session.offsets(of: topic, at: timestampMilliseconds)
        }
    }

    /// The next offsets that the group has committed.
    public func committed(group: String) async throws(LogError) -> [TopicPartition: Int64] {
        try await readers.read { session in try session.committed(group: group) }
    }

    /// The next offsets: what is in the file is decided.
    public func decidedOffsets(of topic: TopicName) async throws(LogError)
        -> [TopicPartition: Int64]
    {
        try await offsets(of: topic).mapValues(\.upperBound)
    }

    /// Writes down how far a reader outside any group has read.
    public func note(
        _ offsets: [TopicPartition: Int64], readBy group: String
    ) async throws(LogError) {
        let path = file.path
        try await writer.write { transaction in
            try transaction.note(offsets, readBy: group, besides: path)
        }
    }

    /// The groups there are, by name; a member is one whose process lives.
    public func groups() async throws(LogError) -> [GroupDescription] {
        let path = file.path
        return try await readers.read { session in try session.groups(besides: path) }
    }

    /// Joins as the one member of the group.
    ///
    /// A member is alive for as long as its process keeps the session: the kernel says so, no
    /// time-out, so that a restart after `kill -9` joins at once.
    public func join(
        group: String, topics: [TopicName], member: String
    ) async throws(LogError) -> any GroupMember {
        let path = file.path
        let session = try await writer.write { transaction in
            try transaction.join(group: group, topics: topics, member: member, besides: path)
        }
        // Only now: had the transaction failed, the session before would still hold the group.
        unlink(session.formerLeasePath)
        return EmbeddedMember(log: self, session: session)
    }

    /// Finishes the calls that wait, then lets go of files and threads; returns when it has.
    public func close() async {
        writer.stop()
        readers.stop()
        bell.stop()
        await writer.join()
        await readers.join()
        await bell.join()
    }

    /// Bytes that the log takes on the disk, with its WAL and lock files.
    public func diskBytes() -> Int64 { file.bytes }
}

/// The system's time in milliseconds since 1970-01-01T00:00:00Z.
public func systemMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
