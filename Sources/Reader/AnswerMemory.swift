internal import Metrics
internal import Projection
internal import Synchronization
internal import Topics
internal import Trips

/// Answers of one version that are ready to be sent again, for as long as what they were made from
/// has not changed.
///
/// Bounded in bytes by two generations: once the newer one has half of them, the older one is
/// forgotten; an answer that is asked for again moves to the newer one.
final class AnswerMemory: Sendable {
    /// What is asked for.
    enum Key: Hashable {
        case document(Projection.Kind, TripID)
        case list(TripFilter, after: TripCursor?, limit: Int)
        case track(TripID, TrackFormat)
    }

    private struct Kept {
        var answer: Answer
        var stamp: WriteStamps.Stamp
    }

    private struct State {
        var newer: [Key: Kept] = [:]
        var older: [Key: Kept] = [:]
        var newerBytes = 0
        var olderBytes = 0
    }

    private let limit: Int
    private let stamps: WriteStamps
    private let state = Mutex(State())
    private let hits: Counter
    private let misses: Counter
    private let bytes: Gauge

    /// Keeps answers from a projection.
    ///
    /// - Parameter limit: bytes that they take at most.
    init(of projection: Projection, limit: Int) {
        self.limit = limit
        stamps = projection.stamps
        let version = ("version", String(projection.version.number))
        func counter(_ result: String) -> Counter {
            Counter(
                label: "tacho_reader_answers_total", dimensions: [version, ("from", result)])
        }
        hits = counter("memory")
        misses = counter("projection")
        bytes = Gauge(label: "tacho_reader_memory_bytes", dimensions: [version])
    }

    /// The answer, where it is kept and still holds.
    func answer(_ key: Key) -> Answer? {
        let kept = state.withLock { state -> Kept? in
            if let kept = state.newer[key] { return kept }
            guard let kept = state.older.removeValue(forKey: key) else { return nil }
            state.olderBytes -= kept.answer.cost
            put(kept, for: key, &state)
            return kept
        }
        guard let kept, stamps.holds(kept.stamp) else {
            misses.increment()
            return nil
        }
        hits.increment()
        return kept.answer
    }

    /// The stamp that goes with an answer, to be taken before that is read.
    func stamp(of subject: WriteStamps.Subject) -> WriteStamps.Stamp? { stamps.stamp(of: subject) }

    /// Keeps an answer that was read after this stamp was taken; none that is too large to leave
    /// room for others.
    func keep(_ answer: Answer, for key: Key, _ stamp: WriteStamps.Stamp?) {
        guard let stamp, answer.cost <= limit / 16 else { return }
        let size = state.withLock { state in
            if let old = state.older.removeValue(forKey: key) {
                state.olderBytes -= old.answer.cost
            }
            put(Kept(answer: answer, stamp: stamp), for: key, &state)
            return state.newerBytes + state.olderBytes
        }
        bytes.record(size)
    }

    /// Bytes that all answers take.
    var size: Int { state.withLock { $0.newerBytes + $0.olderBytes } }

    private func put(_ kept: Kept, for key: Key, _ state: inout State) {
        if let old = state.newer.removeValue(forKey: key) {
            state.newerBytes -= old.answer.cost
        }
        if state.newerBytes + kept.answer.cost > limit / 2 {
            state.older = state.newer
            state.olderBytes = state.newerBytes
            state.newer = [:]
            state.newerBytes = 0
        }
        state.newer[key] = kept
        state.newerBytes += kept.answer.cost
    }
}
