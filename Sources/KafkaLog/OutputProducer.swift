internal import CRdkafka
import EventLog
import Synchronization

/// Why outputs were not committed.
enum CommitFailure: Error {
    /// Nothing was done; the producer goes on.
    case aborted(String)
    /// What came of it is not known, and the producer is of no use any more.
    case unknown(String)
    /// Another producer has the name, or the transaction was ended for taking too long; this
    /// producer is of no use any more.
    case fenced(String)
}

/// Produces a member's outputs and commits its offsets. Blocks: it belongs on a worker thread.
final class OutputProducer: Sendable {
    private struct Reports {
        var offsets: [Int64] = []
        var failure: Failure?
        var count = 0
    }

    private let handle: Handle
    private let names: Names
    private let delivery: KafkaLog.Delivery
    private let timeout: Duration
    private let reports: Report

    /// Takes the name over from whoever had it, and waits until what that one left open is ended.
    ///
    /// - Parameters:
    ///   - name: the transactional id.
    ///   - isQuiet: whether its errors are expected.
    init(
        name: String, _ options: KafkaLog.Options, _ properties: ClientProperties,
        isQuiet: Bool = false
    ) throws(LogError) {
        names = Names(prefix: options.prefix)
        delivery = options.delivery
        timeout = options.transactionTimeout
        let reports = Report()
        self.reports = reports
        handle = try Handle(
            RD_KAFKA_PRODUCER,
            delivery == .exactlyOnce
                ? properties.transactions(id: names.wire(name)) : properties.plainProducer(),
            callbacks: ClientCallbacks(delivered: { reports.take($0) }, isQuiet: isQuiet))
        guard delivery == .exactlyOnce else { return }
        do {
            try retrying(until: .now + timeout * 2) { handle, limit in
                rd_kafka_init_transactions(handle, limit)
            }
        } catch {
            throw .unavailable(reason: "beginning transactions as \(name): \(error)")
        }
    }

    /// Commits outputs and offsets, both or neither.
    ///
    /// - Parameter consumer: the member that the offsets are of; none where there are none.
    /// - Returns: an offset an output.
    func commit(
        outputs: [NewRecord], offsets: [TopicPartition: Int64], of consumer: Handle?
    ) throws(CommitFailure) -> [Int64] {
        let deadline = ContinuousClock.now + timeout
        reports.begin(outputs.count)
        guard delivery == .exactlyOnce else {
            return try commitPlainly(outputs, offsets, of: consumer, until: deadline)
        }
        var step = "beginning a transaction"
        do {
            try DetailedFailure.check(rd_kafka_begin_transaction(handle.raw))
            step = "producing"
            try produce(outputs, until: deadline)
            if let consumer, !offsets.isEmpty {
                step = "sending offsets"
                try send(offsets, of: consumer, until: deadline)
            }
            step = "committing"
            try retrying(until: deadline + timeout) { handle, limit in
                rd_kafka_commit_transaction(handle, limit)
            }
        } catch let failure as DetailedFailure {
            throw aborting(failure, step)
        } catch {
            throw aborting(error, step)
        }
        return try reported()
    }

    /// Produces a record in a transaction and aborts it.
    ///
    /// - Returns: the offset that the record got, which nobody may see.
    func abort(_ record: NewRecord) throws(CommitFailure) -> Int64 {
        reports.begin(1)
        do {
            try DetailedFailure.check(rd_kafka_begin_transaction(handle.raw))
            try produce([record], until: .now + timeout)
            try Failure.check(rd_kafka_flush(handle.raw, limit(.now + timeout)))
        } catch {
            throw aborting("\(error)")
        }
        let offset = try reported()[0]
        guard case .aborted = aborting("as intended") else {
            throw .unknown("a transaction cannot be aborted")
        }
        return offset
    }

    /// Outputs first, then offsets: a crash in between repeats the outputs.
    private func commitPlainly(
        _ outputs: [NewRecord], _ offsets: [TopicPartition: Int64], of consumer: Handle?,
        until deadline: ContinuousClock.Instant
    ) throws(CommitFailure) -> [Int64] {
        do {
            try produce(outputs, until: deadline)
            try Failure.check(rd_kafka_flush(handle.raw, limit(deadline)))
            if let failure = reports.failure { throw failure }
            if let consumer, !offsets.isEmpty {
                try Failure.check(
                    PartitionList(offsets, names).pass { rd_kafka_commit(consumer.raw, $0, 0) })
            }
        } catch {
            rd_kafka_purge(handle.raw, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            rd_kafka_flush(handle.raw, limit(.now + timeout))
            if let fatal = handle.fatal { throw .unknown(fatal.text) }
            throw .aborted("\(error)")
        }
        return try reported()
    }

    private func produce(
        _ outputs: [NewRecord], until deadline: ContinuousClock.Instant
    ) throws {
        for (index, output) in outputs.enumerated() {
            let opaque = UnsafeMutableRawPointer(bitPattern: index + 1)
            while let failure = handle.produce(output, names, opaque: opaque) {
                guard failure.code == RD_KAFKA_RESP_ERR__QUEUE_FULL, .now < deadline else {
                    throw failure
                }
                rd_kafka_poll(handle.raw, 10)
            }
        }
    }

    private func send(
        _ offsets: [TopicPartition: Int64], of consumer: Handle,
        until deadline: ContinuousClock.Instant
    ) throws {
        // Of this moment: a rebalance makes what was known before void.
        guard let group = rd_kafka_consumer_group_metadata(consumer.raw) else {
            throw Failure(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
        }
        defer { rd_kafka_consumer_group_metadata_destroy(group) }
        let list = PartitionList(offsets, names)
        try retrying(until: deadline) { handle, limit in
            list.pass { rd_kafka_send_offsets_to_transaction(handle, $0, group, limit) }
        }
    }

    private func reported() throws(CommitFailure) -> [Int64] {
        let deadline = ContinuousClock.now + .seconds(1)
        while !reports.isComplete, .now < deadline { rd_kafka_poll(handle.raw, 10) }
        guard let offsets = reports.all else {
            throw .unknown("a committed record has no report")
        }
        return offsets
    }

    private func aborting(_ failure: DetailedFailure, _ step: String) -> CommitFailure {
        if failure.isFatal || handle.fatal != nil {
            let isFence = failure.code.isFence || handle.fatal?.failure.isFence == true
            return isFence ? .fenced("\(step): \(failure)") : .unknown("\(step): \(failure)")
        }
        // A commit that was not answered may have been done.
        if failure.isRetriable, step == "committing" { return .unknown("\(step): \(failure)") }
        return aborting(failure as any Error, step)
    }

    private func aborting(_ error: any Error, _ step: String) -> CommitFailure {
        let failure = aborting("\(step): \(error)")
        let cause = error as? Failure ?? reports.failure
        guard case .aborted(let reason) = failure, cause?.isRemembered == true else {
            return failure
        }
        return .unknown(reason)
    }

    private func aborting(_ reason: String) -> CommitFailure {
        do {
            try retrying(until: .now + timeout) { handle, limit in
                rd_kafka_abort_transaction(handle, limit)
            }
            return .aborted(reason)
        } catch {
            return error.code.isFence || handle.fatal?.failure.isFence == true
                ? .fenced("\(reason); then aborting: \(error)")
                : .unknown("\(reason); then aborting: \(error)")
        }
    }

    private func retrying(
        until deadline: ContinuousClock.Instant,
        _ call: (OpaquePointer, Int32) -> OpaquePointer?
    ) throws(DetailedFailure) {
        while true {
            do throws(DetailedFailure) {
                return try DetailedFailure.check(call(handle.raw, limit(deadline)))
            } catch {
                guard error.isRetriable, .now < deadline else { throw error }
            }
        }
    }

    private func limit(_ deadline: ContinuousClock.Instant) -> Int32 {
        Int32(max(1, (deadline - .now).milliseconds))
    }

    /// What was reported of the outputs of one commit.
    private final class Report: Sendable {
        private let state = Mutex(Reports())

        func begin(_ count: Int) {
            state.withLock { $0 = Reports(offsets: Array(repeating: -1, count: count)) }
        }

        func take(_ message: UnsafePointer<rd_kafka_message_t>) {
            let index = Int(bitPattern: message.pointee._private) - 1
            let (error, offset) = (message.pointee.err, message.pointee.offset)
            state.withLock { state in
                guard state.offsets.indices.contains(index) else { return }
                state.count += 1
                state.offsets[index] = offset
                if error != RD_KAFKA_RESP_ERR_NO_ERROR { state.failure = Failure(error) }
            }
        }

        var isComplete: Bool { state.withLock { $0.count >= $0.offsets.count } }
        var failure: Failure? { state.withLock { $0.failure } }
        var all: [Int64]? {
            state.withLock { $0.count >= $0.offsets.count && $0.failure == nil ? $0.offsets : nil }
        }
    }
}
