public import EventLog
import Synchronization
import Threads

/// The log on a Kafka cluster, for more than one machine.
///
/// Appends are idempotent and answered once every replica in sync has the record; a member's
/// outputs and offsets are one transaction. Reads see what is committed.
public final class KafkaLog: EventLog {
    /// What it was opened with.
    public let options: Options
    let names: Names
    let properties: ClientProperties
    let cluster: Cluster
    let appender: Appender
    let batches: BatchAppender
    let readers: ReadPool
    /// For looks at single records, as lag takes them: nothing is fetched ahead.
    private let peekers: ReadPool
    /// What the cluster was found to do, once it was tried.
    let tried = Mutex<Compatibility?>(nil)
    /// For questions that block.
    let threads = WorkerThreads(count: 4)

    /// Opens the log; connects in the background.
    ///
    /// - Throws: ``LogError/unusable(reason:)`` for a property that is refused.
    public init(options: Options) throws(LogError) {
        let properties = try ClientProperties(options)
        let cluster = try Cluster(options, properties)
        let names = Names(prefix: options.prefix)
        self.options = options
        self.names = names
        self.properties = properties
        self.cluster = cluster
        appender = try Appender(options, properties)
        batches = BatchAppender(options, properties)
        readers = ReadPool(limit: options.readers) { () throws(LogError) in
            try ReadSession(properties.reader(), cluster, names)
        }
        peekers = ReadPool(limit: 1) { () throws(LogError) in
            try ReadSession(properties.peeker(), cluster, names, staysAssigned: false)
        }
    }

    /// Appends one record as it is, several in one transaction, so that all or none are there.
    ///
    /// An append that is answered `unavailable` may have been done after all, where the answer of
    /// a broker was lost.
    public func append(_ records: [NewRecord]) async throws(LogError) -> [Position] {
        for record in records {
            let bytes = record.bytes
            guard bytes <= options.recordBytes else {
                throw .recordTooLarge(bytes: bytes, limit: options.recordBytes)
            }
            guard !cluster.knows(record.topicPartition) else { continue }
            try await ask { cluster throws(LogError) in try cluster.check(record.topicPartition) }
        }
        guard records.count > 1 else {
            return records.isEmpty ? [] : [try await appender.append(records[0])]
        }
        return try await batches.append(records)
    }

    /// Joins as a static member: a session of the same name takes over what the last one had.
    ///
    /// - Throws: ``LogError/unusable(reason:)`` where the cluster cannot keep what the delivery
    ///   promises.
    public func join(
        group: String, topics: [TopicName], member: String
    ) async throws(LogError) -> any GroupMember {
        try await verifyDelivery()
        let (options, properties) = (options, properties)
        return try await ask { cluster throws(LogError) in
            try KafkaMember.join(
                group: group, topics: topics, member: member, options, properties, cluster)
        }
    }

    /// Reads each partition its share of the limit, another one first each time.
    public func read(
        from offsets: [TopicPartition: Int64], limit: ReadLimit, wait: Duration
    ) async throws(LogError) -> [Record] {
        let cancellation = Cancellation()
        let request = ReadRequest(
            offsets: offsets, limit: limit, wait: wait, isCancelled: cancellation)
        // Who waits for records follows the partitions, however many they are.
        let isLook = wait == .zero && limit.records <= offsets.count
        let pool = isLook ? peekers : readers
        let answer: Result<[Record], LogError> = await withTaskCancellationHandler {
            do throws(LogError) {
                return .success(try await pool.read(request))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try answer.get()
    }

    /// The first offset kept and the one before which all is decided, a partition.
    public func offsets(of topic: TopicName) async throws(LogError)
        -> [TopicPartition: Range<Int64>]
    {
        try await ask { cluster throws(LogError) in
            try cluster.ranges(of: try cluster.all(of: topic))
        }
    }

    /// The lowest offset at or after a time: the brokers', from which on is looked for a record so
    /// late, as they may name the mark of a transaction, or a record that was aborted.
    public func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) async throws(LogError) -> [TopicPartition: Int64] {
        var (found, rest) = try await ask { cluster throws(LogError) in
            let found = try cluster.offsets(of: topic, at: timestampMilliseconds)
            let ends = try cluster.ends(of: Array(found.keys))
            return (found, found.filter { $0.value < ends[$0.key] ?? 0 })
        }
        while !rest.isEmpty {
            let records = try await read(
                from: rest, limit: ReadLimit(records: rest.count), wait: .zero)
            // Nothing is left but marks.
            guard !records.isEmpty else { break }
            for record in records {
                let source = record.position.topicPartition
                guard rest[source] != nil else { continue }
                found[source] = record.position.offset
                let isLate = record.timestampMilliseconds >= timestampMilliseconds
                rest[source] = isLate ? nil : record.position.offset + 1
            }
        }
        if !rest.isEmpty {
            let left = Array(rest.keys)
            let ends = try await ask { cluster throws(LogError) in try cluster.ends(of: left) }
            found.merge(ends) { $1 }
        }
        return found
    }

    /// The next offsets, once no transaction that was open before them is open any more.
    public func decidedOffsets(of topic: TopicName) async throws(LogError)
        -> [TopicPartition: Int64]
    {
        try await ask { cluster throws(LogError) in try cluster.decidedEnds(of: topic) }
    }

    /// Commits offsets for a group that has no members.
    public func note(
        _ offsets: [TopicPartition: Int64], readBy group: String
    ) async throws(LogError) {
        try await ask { cluster throws(LogError) in try cluster.note(offsets, readBy: group) }
    }

    /// Connects to the leaders of these topics, so that the first append does not wait for it.
    public func warmUp(_ topics: [TopicName]) async throws(LogError) {
        let appender = appender
        try await ask { _ throws(LogError) in try appender.warmUp(topics) }
    }

    /// Identifies the cluster.
    public func clusterID() async throws(LogError) -> String {
        try await ask { cluster throws(LogError) in
            do throws(AdminFailure) { return try cluster.admin.clusterID() } catch {
                throw error.logError
            }
        }
    }

    /// Takes no more calls, and returns when those that wait are answered.
    public func close() async {
        appender.stop()
        await batches.close()
        await readers.close()
        await peekers.close()
        threads.stop()
        await threads.join()
    }

    /// Asks the cluster on a thread that may block.
    func ask<T: Sendable>(
        _ body: @escaping @Sendable (Cluster) throws(LogError) -> T
    ) async throws(LogError) -> T {
        let cluster = cluster
        let answer: Result<T, LogError>? = await threads.run {
            do throws(LogError) {
                return .success(try body(cluster))
            } catch {
                return .failure(error)
            }
        }
        guard let answer else { throw .unavailable(reason: "the log is closed") }
        return try answer.get()
    }
}
