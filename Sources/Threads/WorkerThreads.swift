import Synchronization

/// A few threads that take calls which block, one after the other each.
package final class WorkerThreads: Sendable {
    private let mailbox = Mailbox<@Sendable () -> Void>()
    private let end: Latch

    /// Starts so many threads.
    package init(count: Int) {
        end = Latch(count: count)
        for _ in 0..<count {
            Thread.start { [mailbox, end] in
                while let job = mailbox.take({ _ in 1 }).first { job() }
                end.countDown()
            }
        }
    }

    /// Runs the body on one of the threads; nil once they are stopped.
    package func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T? {
        await withCheckedContinuation { continuation in
            let isTaken = mailbox.put { continuation.resume(returning: body()) }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    /// Takes no more calls; those that wait are still done.
    package func stop() { mailbox.close() }

    /// Waits until the threads have ended.
    package func join() async { await end.wait() }
}
