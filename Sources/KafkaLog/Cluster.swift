internal import CRdkafka
import EventLog
import Synchronization
import Threads

/// What a cluster answers about partitions and their offsets. Every method blocks: it belongs on a
/// worker thread.
final class Cluster: Sendable {
    private let handle: Handle
    private let undecided: Handle
    private let names: Names
    private let properties: ClientProperties
    private let timeout: Duration
    private let transactionTimeout: Duration
    private let counts = Mutex<[TopicName: Int]>([:])
    private let noters = Mutex<[String: Handle]>([:])

    init(_ options: KafkaLog.Options, _ properties: ClientProperties) throws(LogError) {
        names = Names(prefix: options.prefix)
        self.properties = properties
        timeout = options.requestTimeout
        transactionTimeout = options.transactionTimeout
        handle = try Handle(RD_KAFKA_CONSUMER, properties.reader())
        undecided = try Handle(
            RD_KAFKA_CONSUMER, properties.reader(isolation: "read_uncommitted"))
    }

    /// The cluster's administration.
    var admin: Admin { Admin(handle: handle, names: names, timeout: timeout) }

    /// Partitions of a topic, or nil where there is none of the name.
    func count(of topic: TopicName) throws(LogError) -> Int? {
        do throws(LogError) {
            return try partitions(of: topic)
        } catch {
            guard case .unknownPartition = error else { throw error }
            return nil
        }
    }

    /// Partitions of a topic; known for good once it is there.
    ///
    /// - Throws: `unknownPartition` where there is no such topic.
    func partitions(of topic: TopicName) throws(LogError) -> Int {
        if let known = counts.withLock({ $0[topic] }) { return known }
        var raw: UnsafePointer<rd_kafka_metadata>?
        let failure = Failure(
            rd_kafka_metadata(
                handle.raw, 0, handle.topic(names.wire(topic)), &raw, milliseconds(timeout)))
        guard let raw, failure.code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw away(failure, "asking for topic \(topic)")
        }
        defer { rd_kafka_metadata_destroy(raw) }
        guard raw.pointee.topic_cnt > 0 else { throw .unknownPartition(TopicPartition(topic, 0)) }
        let found = raw.pointee.topics[0]
        let error = Failure(found.err)
        if error.isUnknownPartition { throw .unknownPartition(TopicPartition(topic, 0)) }
        guard error.code == RD_KAFKA_RESP_ERR_NO_ERROR, found.partition_cnt > 0 else {
            throw away(error, "asking for topic \(topic)")
        }
        let count = Int(found.partition_cnt)
        counts.withLock { $0[topic] = count }
        return count
    }

    /// Whether the partition is known to be there, without asking.
    func knows(_ partition: TopicPartition) -> Bool {
        counts.withLock { (0..<($0[partition.topic] ?? 0)).contains(partition.partition) }
    }

    /// Every partition of a topic.
    func all(of topic: TopicName) throws(LogError) -> [TopicPartition] {
        (0..<(try partitions(of: topic))).map { TopicPartition(topic, $0) }
    }

    /// - Throws: `unknownPartition` where there is no such partition.
    func check(_ partition: TopicPartition) throws(LogError) {
        let count = try count(of: partition.topic) ?? 0
        guard (0..<count).contains(partition.partition) else { throw .unknownPartition(partition) }
    }

    /// The first offset kept of each partition.
    func starts(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: Int64] {
        try times(Int64(RD_KAFKA_OFFSET_BEGINNING), partitions, handle)
    }

    /// The offset before which all is decided, of each partition.
    func ends(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: Int64] {
        try times(Int64(RD_KAFKA_OFFSET_END), partitions, handle)
    }

    /// The offset that the next record gets, of each partition, whatever is decided.
    func undecidedEnds(of partitions: [TopicPartition]) throws(LogError) -> [TopicPartition: Int64]
    {
        try times(Int64(RD_KAFKA_OFFSET_END), partitions, undecided)
    }

    /// The offsets that may be read, of each partition.
    func ranges(
        of partitions: [TopicPartition]
    ) throws(LogError) -> [TopicPartition: Range<Int64>] {
        let starts = try starts(of: partitions)
        let ends = try ends(of: partitions)
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for (partition, start) in starts {
            ranges[partition] = start..<max(start, ends[partition] ?? start)
        }
        return ranges
    }

    /// The lowest offset at or after a time, of each partition.
    func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) throws(LogError) -> [TopicPartition: Int64] {
        let partitions = try all(of: topic)
        // Times below 0 mean something else to a broker.
        var found = try times(max(0, timestampMilliseconds), partitions, handle)
        let late = found.filter { $0.value < 0 }.map(\.key)
        if !late.isEmpty { found.merge(try ends(of: late)) { $1 } }
        return found
    }

    /// Ends as they are now, once everything before them is decided.
    func decidedEnds(of topic: TopicName) throws(LogError) -> [TopicPartition: Int64] {
        let partitions = try all(of: topic)
        let wanted = try undecidedEnds(of: partitions)
        let deadline = ContinuousClock.now + transactionTimeout * 3
        let pause = Signal()
        while true {
            let decided = try ends(of: partitions)
            if wanted.allSatisfy({ decided[$0.key] ?? 0 >= $0.value }) { return wanted }
            guard .now < deadline else {
                throw .unavailable(reason: "a transaction on \(topic) stays open")
            }
            pause.wait(milliseconds: 10)
        }
    }

    /// Writes offsets down for a group without members.
    func note(_ offsets: [TopicPartition: Int64], readBy group: String) throws(LogError) {
        let noter = try noter(group)
        let list = PartitionList(offsets, names)
        do throws(Failure) {
            try Failure.check(list.pass { rd_kafka_commit(noter.raw, $0, 0) })
            for entry in list.entries { if let error = entry.error { throw error } }
        } catch {
            switch error.code {
            case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
                RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
                throw .groupTaken(group: group, holder: holder(of: group))
            default: throw away(error, "committing for \(group)")
            }
        }
    }

    private func holder(of group: String) -> String {
        do throws(AdminFailure) {
            let members = try admin.describe(groups: [group]).flatMap(\.members)
            return members.map(\.name).joined(separator: ", ")
        } catch {
            return "unknown members"
        }
    }

    /// What the group has committed of these partitions, once pending commits are decided.
    func committed(
        group: String, of partitions: [TopicPartition]
    ) throws(LogError) -> [TopicPartition: Int64] {
        try Self.committed(by: try noter(group), partitions, names, timeout)
    }

    /// What the consumer's group has committed of these partitions.
    static func committed(
        by handle: Handle, _ partitions: [TopicPartition], _ names: Names, _ timeout: Duration
    ) throws(LogError) -> [TopicPartition: Int64] {
        let list = PartitionList(partitions, offset: Int64(RD_KAFKA_OFFSET_INVALID), names)
        let failure = Failure(
            list.pass { rd_kafka_committed(handle.raw, $0, Int32(timeout.milliseconds)) })
        guard failure.code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw failure.logError("asking for committed offsets")
        }
        var offsets: [TopicPartition: Int64] = [:]
        for entry in list.entries {
            if let error = entry.error { throw error.logError("\(entry.topicPartition)") }
            if entry.offset >= 0 { offsets[entry.topicPartition] = entry.offset }
        }
        return offsets
    }

    /// Why nothing can be had: the failure, and what the connections last said.
    func away(_ failure: Failure, _ doing: String) -> LogError {
        let trouble = handle.callbacks.lastTrouble.map { " (\($0))" } ?? ""
        return .unavailable(reason: "\(doing): \(failure)\(trouble)")
    }

    private func noter(_ group: String) throws(LogError) -> Handle {
        if let known = noters.withLock({ $0[group] }) { return known }
        let made = try Handle(RD_KAFKA_CONSUMER, properties.noter(group: names.wire(group)))
        return noters.withLock { noters in
            if let known = noters[group] { return known }
            noters[group] = made
            return made
        }
    }

    private func times(
        _ time: Int64, _ partitions: [TopicPartition], _ handle: Handle
    ) throws(LogError) -> [TopicPartition: Int64] {
        let deadline = ContinuousClock.now + timeout
        let pause = Signal()
        while true {
            let (offsets, failures) = try askTimes(time, partitions, handle)
            guard let (partition, failure) = failures.first else { return offsets }
            if failure.isUnknownPartition { throw .unknownPartition(partition) }
            // Leaders that have moved are found again by asking again.
            guard failure.isOfMovedLeader, .now < deadline else {
                throw away(failure, "asking for offsets of \(partition)")
            }
            pause.wait(milliseconds: 50)
        }
    }

    private func askTimes(
        _ time: Int64, _ partitions: [TopicPartition], _ handle: Handle
    ) throws(LogError) -> (offsets: [TopicPartition: Int64], failures: [TopicPartition: Failure]) {
        guard !partitions.isEmpty else { return ([:], [:]) }
        let list = PartitionList(partitions, offset: time, names)
        let failure = Failure(
            list.pass { rd_kafka_offsets_for_times(handle.raw, $0, milliseconds(timeout)) })
        if failure.isOfMovedLeader, let first = partitions.first { return ([:], [first: failure]) }
        guard failure.code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw away(failure, "asking for offsets")
        }
        var offsets: [TopicPartition: Int64] = [:]
        var failures: [TopicPartition: Failure] = [:]
        for entry in list.entries {
            failures[entry.topicPartition] = entry.error
            if entry.error == nil { offsets[entry.topicPartition] = entry.offset }
        }
        return (offsets, failures)
    }

    private func milliseconds(_ duration: Duration) -> Int32 { Int32(duration.milliseconds) }
}
