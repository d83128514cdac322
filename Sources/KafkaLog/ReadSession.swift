internal import CRdkafka
import EventLog
import Synchronization
import Threads

/// What one read wants.
struct ReadRequest: Sendable {
    let offsets: [TopicPartition: Int64]
    let limit: ReadLimit
    let wait: Duration
    /// Raised when nobody waits for the answer any more.
    let isCancelled: Cancellation
}

/// Tells a thread that its work is no longer wanted.
final class Cancellation: Sendable {
    private let flag = Atomic(false)

    func cancel() { flag.store(true, ordering: .releasing) }
    var isSet: Bool { flag.load(ordering: .acquiring) }
}

/// A consumer outside any group, with a thread of its own: it reads on from where it stands when
/// it is asked to, and goes elsewhere when asked for something else.
final class ReadSession: Sendable {
    private let handle: Handle
    private let cluster: Cluster
    private let names: Names
    private let threads = WorkerThreads(count: 1)
    private let state: Mutex<ReadState>
    private let staysAssigned: Bool

    /// - Parameter staysAssigned: whether it fetches on after a read, for the next one.
    init(
        _ properties: [KafkaLog.Property], _ cluster: Cluster, _ names: Names,
        staysAssigned: Bool = true
    ) throws(LogError) {
        self.staysAssigned = staysAssigned
        handle = try Handle(RD_KAFKA_CONSUMER, properties)
        self.cluster = cluster
        self.names = names
        state = Mutex(ReadState(names))
    }

    /// Whether it stands where the request wants to read.
    func stands(at offsets: [TopicPartition: Int64]) -> Bool {
        state.withLock { $0.next == offsets }
    }

    /// Reads; one call at a time.
    func read(_ request: ReadRequest) async throws(LogError) -> [Record] {
        let answer: Result<[Record], LogError>? = await threads.run { [self] in
            do throws(LogError) {
                return .success(
                    try state.withLock { state throws(LogError) in
                        try read(request, &state)
                    })
            } catch {
                return .failure(error)
            }
        }
        guard let answer else { throw .unavailable(reason: "the log is closed") }
        return try answer.get()
    }

    /// Ends the thread once what waits is done.
    func stop() { threads.stop() }

    /// Waits until the thread has ended.
    func join() async { await threads.join() }

    private func read(
        _ request: ReadRequest, _ state: inout ReadState
    ) throws(LogError) -> [Record] {
        let deadline = ContinuousClock.now + request.wait
        if state.next != request.offsets { try move(to: request.offsets, &state) }
        // Who does not wait is to get all there is: where the partitions end must be asked.
        let ends =
            request.wait > .zero ? nil : try cluster.ends(of: Array(request.offsets.keys))
        let patience = ContinuousClock.now + .seconds(30)
        do throws(LogError) {
            while true {
                try drain(&state, request.limit)
                if state.hasRecords, ends == nil || state.isFull(request.limit) { break }
                if let ends {
                    if state.hasReached(ends) { break }
                    guard .now < patience else {
                        throw .unavailable(reason: "the brokers send no records")
                    }
                } else if .now >= deadline {
                    break
                }
                if request.isCancelled.isSet {
                    // Less than there is must not pass for all of it.
                    guard ends == nil else {
                        throw .unavailable(reason: "the read was cancelled")
                    }
                    break
                }
                let rest = ends == nil ? deadline - .now : .milliseconds(50)
                try take(&state, milliseconds: max(1, min(50, rest.milliseconds)))
            }
        } catch {
            // Where it stands is not known: the next read begins anew.
            state.forget()
            throw error
        }
        let records = state.share(request.limit)
        if !staysAssigned {
            state.forget()
            rd_kafka_assign(handle.raw, nil)
        }
        return records
    }

    /// Assigns other partitions or other offsets.
    private func move(
        to offsets: [TopicPartition: Int64], _ state: inout ReadState
    ) throws(LogError) {
        state.forget()
        for partition in offsets.keys { try cluster.check(partition) }
        let ranges = try cluster.ranges(of: Array(offsets.keys))
        for (partition, offset) in offsets {
            guard let range = ranges[partition] else { throw .unknownPartition(partition) }
            guard offset >= range.lowerBound, offset <= range.upperBound else {
                throw .offsetOutOfRange(
                    Position(partition, offset: offset), available: range)
            }
        }
        let list = PartitionList(offsets, names)
        let code = list.pass { rd_kafka_assign(handle.raw, $0) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw Failure(code).logError("assigning")
        }
        state.begin(at: offsets)
    }

    /// Takes what is there, up to some more than the limit so that every partition has its turn.
    private func drain(_ state: inout ReadState, _ limit: ReadLimit) throws(LogError) {
        while !state.isAmple(limit) {
            guard try take(&state, milliseconds: 0) else { return }
        }
    }

    /// Takes one message or error; whether there was one.
    @discardableResult
    private func take(
        _ state: inout ReadState, milliseconds: Int64
    ) throws(LogError) -> Bool {
        guard let message = rd_kafka_consumer_poll(handle.raw, Int32(milliseconds)) else {
            return false
        }
        defer { rd_kafka_message_destroy(message) }
        let failure = Failure(message.pointee.err)
        switch failure.code {
        case RD_KAFKA_RESP_ERR_NO_ERROR: state.add(message)
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: state.end(message)
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            throw try outOfRange(message, &state)
        default:
            if failure.isUnknownPartition, let source = state.source(of: message) {
                throw .unknownPartition(source)
            }
        // What passes is tried again inside; who waits in vain is told so at the end.
        }
        return true
    }

    private func outOfRange(
        _ message: UnsafePointer<rd_kafka_message_t>, _ state: inout ReadState
    ) throws(LogError) -> LogError {
        guard let source = state.source(of: message) else {
            return .unavailable(reason: "an offset of an unknown topic is out of range")
        }
        let range = try cluster.ranges(of: [source])[source] ?? 0..<0
        return .offsetOutOfRange(
            Position(source, offset: state.fetched[source] ?? 0), available: range)
    }
}
