internal import EventLog
internal import Synchronization

/// Where a topic's partitions end, asked of the log once for all who want to know at a time.
final class LogEnds: Sendable {
    /// The offset that the next record will get, a partition.
    typealias Ends = [Int: Int64]

    private enum Turn {
        /// Nobody is asking the log: this one is to.
        case ask
        case told(Result<Ends, LogError>)
    }

    private struct State {
        var isAsking = false
        var waiting: [CheckedContinuation<Turn, Never>] = []
        /// For partitions, an offset at or after which there is a record.
        var records: [Int: Int64] = [:]
        /// Partitions that are looked at.
        var looking: Set<Int> = []
    }

    let topic: TopicName
    private let state = Mutex(State())

    init(of topic: TopicName) { self.topic = topic }

    /// The ends as they are at some moment after this was asked.
    func ends(on log: any EventLog) async throws(LogError) -> Ends {
        let turn = await withCheckedContinuation { continuation in
            let isFirst = state.withLock { state in
                if state.isAsking {
                    state.waiting.append(continuation)
                    return false
                }
                state.isAsking = true
                return true
            }
            if isFirst { continuation.resume(returning: .ask) }
        }
        if case .told(let result) = turn { return try result.get() }
        // Whoever waits by now is answered by what is asked now.
        let others = state.withLock { state in
            defer { state.waiting.removeAll() }
            return state.waiting
        }
        let result: Result<Ends, LogError>
        do {
            let offsets = try await log.offsets(of: topic)
            result = .success(
                Dictionary(
                    uniqueKeysWithValues: offsets.map { ($0.key.partition, $0.value.upperBound) }))
        } catch {
            result = .failure(error)
        }
        for other in others { other.resume(returning: .told(result)) }
        let next: CheckedContinuation<Turn, Never>? = state.withLock { state in
            state.isAsking = !state.waiting.isEmpty
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        next?.resume(returning: .ask)
        return try result.get()
    }

    /// Begins to ask the log whether a partition has something from where a projector stands to its
    /// end, unless somebody does or it is known. Marks of transactions take offsets and are no
    /// records: nothing more than they makes all visible.
    func look(in partition: Int, before end: Int64, of visibility: Visibility, on log: any EventLog)
    {
        let next = visibility.next(of: partition)
        guard next < end else { return }
        let isDue = state.withLock { state in
            state.records[partition] != next && state.looking.insert(partition).inserted
        }
        guard isDue else { return }
        Task {
            // Where that fails, it is tried again by who still waits.
            let found = try? await log.read(
                from: [TopicPartition(topic, partition): next], limit: ReadLimit(records: 1),
                wait: .zero)
            let isSomething = found?.first.map { $0.position.offset < end } ?? false
            state.withLock { state in
                state.looking.remove(partition)
                if isSomething { state.records[partition] = next }
            }
            if found != nil, !isSomething { visibility.rise(past: next..<end, of: partition) }
        }
    }
}
