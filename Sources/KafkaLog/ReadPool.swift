import EventLog
import Synchronization

/// The consumers for reads outside groups: who reads on gets the one that stands there.
final class ReadPool: Sendable {
    private struct State {
        var idle: [ReadSession] = []
        var made = 0
        var waiting: [CheckedContinuation<ReadSession?, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let make: @Sendable () throws(LogError) -> ReadSession

    /// - Parameter limit: consumers at most; further reads wait for one.
    init(limit: Int, make: @escaping @Sendable () throws(LogError) -> ReadSession) {
        self.limit = limit
        self.make = make
    }

    /// Reads with the consumer that fits best.
    func read(_ request: ReadRequest) async throws(LogError) -> [Record] {
        guard !request.offsets.isEmpty else { return [] }
        let session = try await session(for: request.offsets)
        defer { giveBack(session) }
        return try await session.read(request)
    }

    /// Ends all consumers once their reads are done.
    func close() async {
        let (idle, waiting) = state.withLock { state in
            state.isClosed = true
            defer {
                state.idle = []
                state.waiting = []
            }
            return (state.idle, state.waiting)
        }
        for continuation in waiting { continuation.resume(returning: nil) }
        for session in idle {
            session.stop()
            await session.join()
        }
    }

    private enum Choice {
        case use(ReadSession)
        case make
        case wait
        case closed
    }

    private func session(for offsets: [TopicPartition: Int64]) async throws(LogError)
        -> ReadSession
    {
        switch state.withLock({ choose(&$0, offsets) }) {
        case .use(let session): return session
        case .closed: throw .unavailable(reason: "the log is closed")
        case .make:
            do throws(LogError) {
                return try make()
            } catch {
                state.withLock { $0.made -= 1 }
                throw error
            }
        case .wait:
            let session = await withCheckedContinuation { continuation in
                let answer: ReadSession?? = state.withLock { state in
                    if state.isClosed { return .some(nil) }
                    if let idle = state.idle.popLast() { return idle }
                    state.waiting.append(continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
            guard let session else { throw .unavailable(reason: "the log is closed") }
            return session
        }
    }

    private func choose(_ state: inout State, _ offsets: [TopicPartition: Int64]) -> Choice {
        if state.isClosed { return .closed }
        if let index = state.idle.firstIndex(where: { $0.stands(at: offsets) }) {
            return .use(state.idle.remove(at: index))
        }
        if state.made < limit {
            state.made += 1
            return .make
        }
        // The one that has been idle for longest is the least likely to be asked to go on.
        return state.idle.isEmpty ? .wait : .use(state.idle.removeFirst())
    }

    private func giveBack(_ session: ReadSession) {
        let (isClosed, waiting) = state.withLock { state in
            if state.isClosed { return (true, CheckedContinuation<ReadSession?, Never>?.none) }
            if state.waiting.isEmpty {
                state.idle.append(session)
                return (false, nil)
            }
            return (false, state.waiting.removeFirst())
        }
        if isClosed { session.stop() }
        waiting?.resume(returning: session)
    }
}
