import EventLog
import Synchronization
import Threads

/// A producer and the thread that its blocking calls run on.
final class ProducerLine: Sendable {
    private let producer: OutputProducer
    private let threads: WorkerThreads

    convenience init(_ producer: OutputProducer) {
        self.init(producer, WorkerThreads(count: 1))
    }

    private init(_ producer: OutputProducer, _ threads: WorkerThreads) {
        self.producer = producer
        self.threads = threads
    }

    /// Makes a producer on a thread of its own.
    static func begin(
        _ make: @escaping @Sendable () throws(LogError) -> OutputProducer
    ) async throws(LogError) -> ProducerLine {
        let threads = WorkerThreads(count: 1)
        let made: Result<OutputProducer, LogError>? = await threads.run {
            do throws(LogError) { return .success(try make()) } catch { return .failure(error) }
        }
        switch made {
        case .success(let producer): return ProducerLine(producer, threads)
        case .failure(let error):
            threads.stop()
            throw error
        case nil: throw .unavailable(reason: "the thread has ended")
        }
    }

    /// Runs the body on the thread; nil where it has not come back in that time, or was stopped.
    func run<T: Sendable>(
        atMost limit: Duration, _ body: @escaping @Sendable (OutputProducer) -> T
    ) async -> T? {
        let (threads, producer) = (threads, producer)
        return await withCheckedContinuation { continuation in
            let answer = FirstAnswer(continuation)
            let watchdog = Task {
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                answer.give(nil)
            }
            Task {
                let value = await threads.run { body(producer) }
                watchdog.cancel()
                answer.give(value)
            }
        }
    }

    /// Takes no more calls.
    func stop() { threads.stop() }
}

/// Of two that answer, the first one counts.
private final class FirstAnswer<T: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<T?, Never>?>

    init(_ continuation: CheckedContinuation<T?, Never>) {
        self.continuation = Mutex(continuation)
    }

    func give(_ value: T?) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: value)
    }
}
