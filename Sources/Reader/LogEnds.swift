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
        /// For partitions, offsets between which there is nothing, nor will be.
        var gaps: [Int: Range<Int64>] = [:]
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

    /// Whether it is known that a partition has nothing from an offset to its end.
    func hasNothing(in partition: Int, from offset: Int64, to end: Int64) -> Bool {
        state.withLock { state in
            guard let gap = state.gaps[partition] else { return false }
            return gap.lowerBound <= offset && end <= gap.upperBound
        }
    }

    /// Asks the log whether a partition has nothing from an offset to its end: marks of
    /// transactions take offsets and are no records.
    func findsNothing(
        in partition: Int, from offset: Int64, to end: Int64, on log: any EventLog
    ) async throws(LogError) -> Bool {
        let next = try await log.read(
            from: [TopicPartition(topic, partition): offset], limit: ReadLimit(records: 1),
            wait: .zero)
        if let first = next.first, first.position.offset < end { return false }
        state.withLock { $0.gaps[partition] = offset..<end }
        return true
    }
}
