internal import CRdkafka
import EventLog
import Logging
import Synchronization
import Threads

/// A consumer in a group, with a thread that fetches ahead and serves rebalances at any time,
/// however slow whoever takes the records is.
final class GroupConsumer: Sendable {
    private let handleSlot = Mutex<Handle?>(nil)
    let cluster: Cluster
    let names: Names
    let options: KafkaLog.Options
    let group: String
    let state = Mutex(ConsumerState())
    let room = Signal()
    let committed = Signal()
    private let end = Latch(count: 1)
    let logger = Logger(label: "tacho.kafka.member")

    /// Joins; the assignment comes by ``poll(limit:wait:)``.
    ///
    /// - Parameter instance: the static member's name.
    static func join(
        group: String, topics: [TopicName], instance: String, _ options: KafkaLog.Options,
        _ properties: ClientProperties, _ cluster: Cluster
    ) throws(LogError) -> GroupConsumer {
        let consumer = GroupConsumer(group: group, options, cluster)
        let names = consumer.names
        let handle = try Handle(
            RD_KAFKA_CONSUMER, properties.member(group: names.wire(group), instance: instance),
            callbacks: ClientCallbacks(rebalanced: { [weak consumer] what, partitions in
                consumer?.rebalance(what, partitions)
            }))
        consumer.handleSlot.withLock { $0 = handle }
        let list = PartitionList(
            topics.map { TopicPartition($0, Int(RD_KAFKA_PARTITION_UA)) }, offset: 0, names)
        let failure = Failure(list.pass { rd_kafka_subscribe(handle.raw, $0) })
        guard failure.code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw failure.logError("subscribing")
        }
        Thread.start { consumer.serve(handle) }
        return consumer
    }

    private init(group: String, _ options: KafkaLog.Options, _ cluster: Cluster) {
        self.group = group
        self.options = options
        self.cluster = cluster
        names = Names(prefix: options.prefix)
    }

    /// The client, while it is there.
    var handle: Handle? { handleSlot.withLock { $0 } }

    /// Whether another session has taken the name over.
    var isFenced: Bool {
        state.withLock { if case .fenced = $0.end { true } else { false } }
    }

    /// The next thing that happened, or no records after a wait in vain.
    func poll(limit: ReadLimit, wait: Duration) async throws(LogError) -> Poll {
        let deadline = ContinuousClock.now + wait
        setFetching(true, state.withLock { $0.begin() })
        while true {
            let (poll, error) = state.withLock { state -> (Poll?, LogError?) in
                do throws(LogError) { return (try state.next(limit), nil) } catch {
                    return (nil, error)
                }
            }
            if let error { throw error }
            if let poll {
                room.raise()
                return poll
            }
            if .now >= deadline || Task.isCancelled { return .records([]) }
            await news(until: deadline)
        }
    }

    /// Goes to these offsets; those not held are passed over.
    func move(to offsets: [TopicPartition: Int64]) async throws(LogError) {
        let failure: LogError? =
            await onThread { [self] handle in
                let wanted = state.withLock { state in
                    let wanted = offsets.filter { state.held[$0.key] != nil }
                    state.move(to: wanted)
                    return wanted
                }
                return seek(wanted, handle)
            } ?? .unavailable(reason: "the member has left")
        if let failure { throw failure }
    }

    /// Goes to what is committed, and says of all partitions that they come anew.
    func begin() async throws(LogError) {
        let failure: LogError? =
            await onThread { [self] handle in
                let held = state.withLock { Array($0.held.keys) }
                do throws(LogError) {
                    let offsets = try starts(of: held, handle)
                    state.withLock { state in
                        state.revoke(held)
                        state.assign(offsets)
                    }
                    return seek(offsets, handle)
                } catch {
                    return error
                }
            } ?? .unavailable(reason: "the member has left")
        if let failure { throw failure }
    }

    /// - Throws: `unknownPartition` for one that was never held.
    func mustHaveHeld(_ partitions: some Sequence<TopicPartition>) throws(LogError) {
        let known = state.withLock { $0.everHeld }
        for partition in partitions where !known.contains(partition) {
            throw .unknownPartition(partition)
        }
    }

    func pause(_ partitions: [TopicPartition]) {
        state.withLock { $0.pause(partitions) }
        setFetching(false, partitions)
    }

    func resume(_ partitions: [TopicPartition]) {
        setFetching(true, partitions)
        state.withLock { $0.resume(partitions) }
    }

    /// Begins a commit, during which no partition goes.
    ///
    /// - Throws: `unavailable` where one has gone, whatever the session is.
    func beginCommit(of partitions: some Sequence<TopicPartition>) throws(LogError) {
        let refusal = state.withLock { state -> LogError? in
            if let end = state.end { return end }
            for partition in partitions where state.held[partition] == nil {
                return state.everHeld.contains(partition)
                    ? .unavailable(reason: "\(partition) went to another member")
                    : .unknownPartition(partition)
            }
            state.isCommitting = true
            return nil
        }
        if let refusal { throw refusal }
    }

    /// The commit is over.
    func endCommit() {
        state.withLock { $0.isCommitting = false }
        committed.raise()
    }

    /// Closes without leaving the group: a static member comes back to what it had.
    func close(_ reason: LogError) async {
        state.withLock { state in
            state.finish(reason)
            state.isStopping = true
        }
        wake()
        await end.wait()
    }

    // MARK: The thread

    private func serve(_ handle: Handle) {
        var reading = MessageReading(names)
        var isSlow = false
        while true {
            let (commands, isStopping, bytes, waiter) = state.withLock { state in
                defer { state.commands = [] }
                return (state.commands, state.isStopping, state.bytes, state.waiter?.deadline)
            }
            for command in commands { command() }
            if isStopping { break }
            if bytes > options.fetchedBytes, !isSlow {
                isSlow = !hasRoomSoon()
                if isSlow { setFetching(false, unpaused) }
            } else if isSlow, bytes < options.fetchedBytes / 2 {
                isSlow = false
                setFetching(true, unpaused)
            }
            let rest = waiter.map { ($0 - .now).milliseconds } ?? 100
            fetch(handle, &reading, milliseconds: isSlow ? 10 : max(1, min(100, rest)))
            expire()
        }
        rd_kafka_consumer_close(handle.raw)
        if state.withLock({ $0.everHeld.isEmpty }) { handle.abandonUnassigned() }
        handleSlot.withLock { $0 = nil }
        let commands = state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
        for command in commands { command() }
        end.countDown()
    }

    /// Waits a second at most until there is room again. Who takes the records is slow where there
    /// is none then, and only then is fetching paused: that throws away what is fetched ahead.
    private func hasRoomSoon() -> Bool {
        let deadline = ContinuousClock.now + .seconds(1)
        while true {
            let rest = (deadline - .now).milliseconds
            guard rest > 0 else { return false }
            room.wait(milliseconds: Int(rest))
            let isFree = state.withLock { state in
                state.bytes <= options.fetchedBytes || state.isStopping || !state.commands.isEmpty
            }
            if isFree { return true }
        }
    }

    private func fetch(_ handle: Handle, _ reading: inout MessageReading, milliseconds: Int64) {
        var records: [Record] = []
        var wait = Int32(milliseconds)
        while records.count < 1_000, let message = rd_kafka_consumer_poll(handle.raw, wait) {
            wait = 0
            defer { rd_kafka_message_destroy(message) }
            guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                let source = reading.source(of: message)
                note(Failure(message.pointee.err), source, message, handle)
                continue
            }
            guard let source = reading.source(of: message) else { continue }
            records.append(reading.record(of: message, from: source))
        }
        guard !records.isEmpty else { return }
        state.withLock { state in for record in records { state.add(record) } }
        tell()
    }

    private func note(
        _ failure: Failure, _ source: TopicPartition?,
        _ message: UnsafePointer<rd_kafka_message_t>, _ handle: Handle
    ) {
        let fatal = handle.fatal
        if failure.isFence || fatal?.failure.isFence == true {
            state.withLock { $0.finish(.fenced(group: group)) }
        } else if let fatal {
            state.withLock { $0.finish(.unusable(reason: fatal.text)) }
        } else if let source, failure.code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET {
            let offset = state.withLock { $0.held[source] } ?? message.pointee.offset
            let range = (try? cluster.ranges(of: [source])[source]) ?? offset..<offset
            state.withLock {
                $0.trouble(.offsetOutOfRange(Position(source, offset: offset), available: range))
            }
        } else if let source, failure.isUnknownPartition {
            state.withLock { $0.trouble(.unknownPartition(source)) }
        } else {
            logger.info("\(failure)", metadata: ["group": "\(group)"])
        }
        tell()
    }

    private func seek(_ offsets: [TopicPartition: Int64], _ handle: Handle) -> LogError? {
        guard !offsets.isEmpty else { return nil }
        let list = PartitionList(offsets, names)
        let limit = Int32(options.requestTimeout.milliseconds)
        drop(list.pass { rd_kafka_seek_partitions(handle.raw, $0, limit) })
        // A partition that stands still after an error cannot be sought in: it is taken anew.
        let still = list.entries.filter { $0.error != nil }.map(\.topicPartition)
        guard !still.isEmpty else { return nil }
        let again = PartitionList(offsets.filter { still.contains($0.key) }, names)
        drop(again.pass { rd_kafka_incremental_unassign(handle.raw, $0) })
        do {
            try DetailedFailure.check(
                again.pass { rd_kafka_incremental_assign(handle.raw, $0) })
            return nil
        } catch {
            return .unavailable(reason: "going to \(offsets): \(error)")
        }
    }

    private var unpaused: [TopicPartition] {
        state.withLock { state in state.held.keys.filter { !state.paused.contains($0) } }
    }

    /// Lets the client fetch these partitions, or not.
    func setFetching(_ isOn: Bool, _ partitions: [TopicPartition]) {
        guard !partitions.isEmpty, let handle else { return }
        let list = PartitionList(partitions, offset: 0, names)
        withExtendedLifetime(handle) {
            _ = list.pass {
                isOn
                    ? rd_kafka_resume_partitions(handle.raw, $0)
                    : rd_kafka_pause_partitions(handle.raw, $0)
            }
        }
    }

    func drop(_ error: OpaquePointer?) {
        do { try DetailedFailure.check(error) } catch {
            logger.info("\(error)", metadata: ["group": "\(group)"])
        }
    }

    // MARK: Waiting

    private func news(until deadline: ContinuousClock.Instant) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isNow = state.withLock { state in
                    if state.hasNews || Task.isCancelled || state.isStopping { return true }
                    state.waiter = (continuation, deadline)
                    return false
                }
                if isNow { continuation.resume() }
            }
        } onCancel: {
            tell()
        }
    }

    /// Wakes the poll that waits.
    func tell() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.continuation.resume()
    }

    private func expire() {
        let isLate = state.withLock { state in state.waiter.map { $0.deadline <= .now } ?? false }
        if isLate { tell() }
    }

    /// Runs the body between two fetches; nil once the thread has ended.
    private func onThread<T: Sendable>(
        _ body: @escaping @Sendable (Handle) -> T?
    ) async -> T?? {
        await withCheckedContinuation { (continuation: CheckedContinuation<T??, Never>) in
            let isTaken = state.withLock { state in
                guard !state.isStopping else { return false }
                state.commands.append { [self] in
                    guard let handle else { return continuation.resume(returning: .none) }
                    continuation.resume(returning: .some(body(handle)))
                }
                return true
            }
            if isTaken { wake() } else { continuation.resume(returning: .none) }
        }
    }

    /// Makes the thread look at its commands at once.
    private func wake() {
        room.raise()
        guard let handle else { return }
        withExtendedLifetime(handle) {
            guard let queue = rd_kafka_queue_get_consumer(handle.raw) else { return }
            rd_kafka_queue_yield(queue)
            rd_kafka_queue_destroy(queue)
        }
    }
}
