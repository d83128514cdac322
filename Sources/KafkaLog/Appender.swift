internal import CRdkafka
import EventLog
import Synchronization
import Threads

/// Appends single records with an idempotent producer; one thread serves the reports of all.
final class Appender: Sendable {
    private let properties: ClientProperties
    private let names: Names
    private let options: KafkaLog.Options
    private let current: Mutex<AppendingProducer?>

    init(_ options: KafkaLog.Options, _ properties: ClientProperties) throws(LogError) {
        self.options = options
        self.properties = properties
        names = Names(prefix: options.prefix)
        current = Mutex(
            try AppendingProducer(properties.appender(), names, timeout: options.appendTimeout))
    }

    /// Appends one record and returns once all replicas in sync have it.
    func append(_ record: NewRecord) async throws(LogError) -> Position {
        let producer = try producer()
        let outcome: Result<Int64, AppendFailure> = await withCheckedContinuation {
            producer.append(record, PendingAppend($0))
        }
        switch outcome {
        case .success(let offset): return Position(record.topicPartition, offset: offset)
        case .failure(let failure):
            if case .refused(let cause) = failure { producer.note(cause) }
            throw explain(failure, of: record, by: producer)
        }
    }

    /// Connects to the leaders of these topics.
    func warmUp(_ topics: [TopicName]) throws(LogError) {
        let producer = try producer()
        for topic in topics { producer.warmUp(topic, timeout: options.requestTimeout) }
    }

    /// Takes no more records; those that wait are answered.
    func stop() {
        let last = current.withLock { current in
            defer { current = nil }
            return current
        }
        last?.stop()
    }

    private func producer() throws(LogError) -> AppendingProducer {
        let (known, isClosed) = current.withLock { ($0, $0 == nil) }
        if isClosed { throw .unavailable(reason: "the log is closed") }
        guard let known, known.isUsable else { return try renew() }
        return known
    }

    /// A producer that had a fatal error, or one that it remembers, is of no use any more; another
    /// takes its place.
    private func renew() throws(LogError) -> AppendingProducer {
        let made = try AppendingProducer(
            properties.appender(), names, timeout: options.appendTimeout)
        let (used, spare): (AppendingProducer?, AppendingProducer?) = current.withLock { current in
            guard let there = current else { return (nil, made) }
            if there.isUsable { return (there, made) }
            current = made
            return (made, there)
        }
        spare?.stop()
        guard let used else { throw .unavailable(reason: "the log is closed") }
        return used
    }

    private func explain(
        _ failure: AppendFailure, of record: NewRecord, by producer: AppendingProducer
    ) -> LogError {
        switch failure {
        case .late:
            let trouble = producer.trouble.map { ": \($0)" } ?? ""
            return .unavailable(
                reason: "no acknowledgement within \(options.appendTimeout)\(trouble)")
        case .refused(let failure) where failure.isUnknownPartition:
            return .unknownPartition(record.topicPartition)
        case .refused(let failure):
            switch failure.code {
            case RD_KAFKA_RESP_ERR__QUEUE_FULL: return .queueFull(limit: options.queuedRecords)
            case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
                return .recordTooLarge(bytes: record.bytes, limit: options.recordBytes)
            default: return failure.logError("appending to \(record.topicPartition)")
            }
        }
    }
}

/// Why a record was not appended.
enum AppendFailure: Error {
    case late
    case refused(Failure)
}

/// A record that waits for its report.
final class PendingAppend: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<Int64, AppendFailure>, Never>?>

    init(_ continuation: CheckedContinuation<Result<Int64, AppendFailure>, Never>) {
        self.continuation = Mutex(continuation)
    }

    /// Answers, unless that was done before.
    func answer(_ result: Result<Int64, AppendFailure>) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: result)
    }

    var isAnswered: Bool { continuation.withLock { $0 == nil } }
}

/// One producer and the thread that polls it.
final class AppendingProducer: Sendable {
    private struct Deadlines {
        var pending: [(at: ContinuousClock.Instant, PendingAppend)] = []
        var first = 0
    }

    private let handle: Handle
    private let names: Names
    private let timeout: Duration
    private let deadlines = Mutex(Deadlines())
    private let isStopped = Atomic(false)
    private let remembers = Atomic(false)
    private let began = ContinuousClock.now
    /// A producer that remembers an error is used for so long, so that not each append makes one.
    private static let shortestUse = Duration.seconds(1)

    init(
        _ properties: [KafkaLog.Property], _ names: Names, timeout: Duration
    ) throws(LogError) {
        self.names = names
        self.timeout = timeout
        handle = try Handle(
            RD_KAFKA_PRODUCER, properties,
            callbacks: ClientCallbacks(delivered: { message in
                guard let opaque = message.pointee._private else { return }
                let pending = Unmanaged<PendingAppend>.fromOpaque(opaque).takeRetainedValue()
                let error = message.pointee.err
                if error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT {
                    pending.answer(.failure(.late))
                } else if error != RD_KAFKA_RESP_ERR_NO_ERROR {
                    pending.answer(.failure(.refused(Failure(error))))
                } else {
                    pending.answer(.success(message.pointee.offset))
                }
            }))
        Thread.start { [self] in serve() }
    }

    /// Whether it had no error that it cannot get over.
    var isUsable: Bool {
        guard handle.fatal == nil, !isStopped.load(ordering: .acquiring) else { return false }
        return !remembers.load(ordering: .relaxed) || .now - began < Self.shortestUse
    }

    /// Takes in why a record was refused.
    func note(_ failure: Failure) {
        if failure.isRemembered { remembers.store(true, ordering: .relaxed) }
    }

    /// What the connections last said.
    var trouble: String? { handle.callbacks.lastTrouble }

    /// Queues a record; its answer comes by the thread.
    func append(_ record: NewRecord, _ pending: PendingAppend) {
        let opaque = Unmanaged.passRetained(pending)
        if let failure = handle.produce(record, names, opaque: opaque.toOpaque()) {
            opaque.release()
            pending.answer(.failure(.refused(failure)))
            return
        }
        let at = ContinuousClock.now + timeout
        deadlines.withLock { $0.pending.append((at, pending)) }
    }

    /// Learns the topic's leaders and connects to them.
    func warmUp(_ topic: TopicName, timeout: Duration) {
        let wire = names.wire(topic)
        let limit = Int32(timeout.milliseconds)
        var metadata: UnsafePointer<rd_kafka_metadata>?
        guard
            rd_kafka_metadata(handle.raw, 0, handle.topic(wire), &metadata, limit)
                == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata
        else { return }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard metadata.pointee.topic_cnt > 0 else { return }
        for partition in 0..<metadata.pointee.topics[0].partition_cnt {
            var low: Int64 = 0
            var high: Int64 = 0
            rd_kafka_query_watermark_offsets(handle.raw, wire, partition, &low, &high, limit)
        }
    }

    /// Ends the thread once what was queued is answered.
    func stop() { isStopped.store(true, ordering: .releasing) }

    private func serve() {
        while !isStopped.load(ordering: .acquiring) {
            rd_kafka_poll(handle.raw, 50)
            expire(at: .now)
        }
        // What is queued may still be delivered, but not for longer than anybody waits for it.
        rd_kafka_flush(handle.raw, Int32(timeout.milliseconds))
        rd_kafka_purge(handle.raw, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        rd_kafka_flush(handle.raw, 100)
        expire(at: .now + timeout * 2)
    }

    /// Answers those that waited too long: librdkafka looks only once a second.
    private func expire(at now: ContinuousClock.Instant) {
        let late = deadlines.withLock { deadlines in
            var late: [PendingAppend] = []
            while deadlines.first < deadlines.pending.count {
                let (at, pending) = deadlines.pending[deadlines.first]
                if !pending.isAnswered {
                    guard at <= now else { break }
                    late.append(pending)
                }
                deadlines.first += 1
            }
            if deadlines.first > 1_024 || deadlines.first == deadlines.pending.count {
                deadlines.pending.removeFirst(deadlines.first)
                deadlines.first = 0
            }
            return late
        }
        for pending in late { pending.answer(.failure(.late)) }
    }
}
