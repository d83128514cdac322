import EventLog
import Synchronization
import Threads

/// The one writer of a process: a bounded queue of calls, and a thread that commits all that wait
/// in one transaction.
final class LogWriter: Sendable {
    private struct Waiting {
        var records = 0
        var bytes = 0
    }

    private let mailbox = Mailbox<PendingWrite>()
    private let waiting = Mutex(Waiting())
    private let options: EmbeddedLog.Options
    private let end = Latch(count: 1)

    init(options: EmbeddedLog.Options) {
        self.options = options
    }

    /// Starts the thread, to which the committer belongs from then on.
    func start(_ committer: GroupCommitter) {
        // The caller gives the committer away; a thread's body cannot say so to the compiler.
        nonisolated(unsafe) let committer = committer
        let mailbox = mailbox
        Thread.start { [self] in
            while true {
                let calls = mailbox.take(share)
                guard !calls.isEmpty else { break }
                waiting.withLock { waiting in
                    for call in calls {
                        waiting.records -= call.records
                        waiting.bytes -= call.bytes
                    }
                }
                committer.commit(calls, waiting: { mailbox.count })
            }
            committer.close()
            end.countDown()
        }
    }

    /// Queues a call, waits for its transaction and returns what it answers.
    ///
    /// - Parameter body: runs on the writer's thread; throws `LogError` before it has written
    ///   anything, or `SQLiteError`.
    func write<T: Sendable>(
        records: Int = 0, bytes: Int = 0,
        _ body: @escaping @Sendable (WriteTransaction) throws -> T
    ) async throws(LogError) -> T {
        let result: Result<T, LogError> = await withCheckedContinuation { continuation in
            let call = PendingWrite(records: records, bytes: bytes, body: body) {
                continuation.resume(returning: $0)
            }
            if let refusal = queue(call) { call.fail(refusal) }
        }
        return try result.get()
    }

    /// Takes no more calls.
    func stop() {
        mailbox.close()
    }

    /// Waits until the calls that were queued are done and the thread has ended.
    func join() async {
        await end.wait()
    }

    private func queue(_ call: PendingWrite) -> LogError? {
        let limit = waiting.withLock { waiting -> Int? in
            if waiting.records + call.records > options.queuedRecords, waiting.records > 0 {
                return options.queuedRecords
            }
            if waiting.bytes + call.bytes > options.queuedBytes, waiting.bytes > 0 {
                return options.queuedBytes
            }
            waiting.records += call.records
            waiting.bytes += call.bytes
            return nil
        }
        if let limit { return .queueFull(limit: limit) }
        return mailbox.put(call) ? nil : .unavailable(reason: "the log is closed")
    }

    /// How many of the calls that wait go into one transaction.
    private func share(of calls: [PendingWrite]) -> Int {
        var records = 0
        var bytes = 0
        return calls.prefix { call in
            records += call.records
            bytes += call.bytes
            return records <= options.transactionRecords && bytes <= options.transactionBytes
        }.count
    }
}
