import EventLog
import SQLite
import Synchronization
import Threads

/// The threads that read, each with a connection of its own.
final class ReadPool: Sendable {
    private typealias Job = @Sendable (ReadSession) -> Void

    private let mailbox = Mailbox<Job>()
    private let end: Latch

    /// Opens the connections and starts the threads.
    init(file: LogFile, count: Int) throws(LogError) {
        var sessions: [ReadSession] = []
        for _ in 0..<count {
            sessions.append(ReadSession(connection: try file.openForReading()))
        }
        end = Latch(count: count)
        for session in sessions {
            // Each session goes to its thread and nowhere else.
            nonisolated(unsafe) let session = session
            Thread.start { [mailbox, end] in
                while let job = mailbox.take({ _ in 1 }).first { job(session) }
                session.close()
                end.countDown()
            }
        }
    }

    deinit {
        stop()
    }

    /// Runs the body on a thread of the pool, in one snapshot of the log.
    ///
    /// - Parameter body: throws `LogError` or `SQLiteError`.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (ReadSession) throws -> T
    ) async throws(LogError) -> T {
        let result: Result<T, LogError> = await withCheckedContinuation { continuation in
            let isTaken = mailbox.put { session in
                let result: Result<T, LogError>
                do {
                    result = .success(try session.snapshot { try body(session) })
                } catch {
                    result = .failure(logError(error))
                }
                continuation.resume(returning: result)
            }
            if !isTaken {
                continuation.resume(
                    returning: .failure(.unavailable(reason: "the log is closed")))
            }
        }
        return try result.get()
    }

    /// Takes no more jobs.
    func stop() {
        mailbox.close()
    }

    /// Waits until the threads have ended.
    func join() async {
        await end.wait()
    }
}
