internal import EventLog
internal import Synchronization

/// How far each partition of uploads is visible, and who waits for it to get further.
final class Visibility: Sendable {
    /// Requests that may wait at a time.
    static let waiterLimit = 10_000

    /// How a wait ended.
    enum Wait: Equatable {
        case visible
        case late
        case tooMany
        /// Another version became live, which the request asks of.
        case moved
    }

    private struct Waiter {
        var partition: Int
        var offset: Int64
        var follows: Bool
        var continuation: CheckedContinuation<Wait, Never>
    }

    private struct State {
        var next: [Int: Int64] = [:]
        /// For partitions, offsets between which there is nothing, nor will be.
        var gaps: [Int: Range<Int64>] = [:]
        var partitions: Int?
        var waiters: [UInt64: Waiter] = [:]
        var gone: Set<UInt64> = []
        var lastNumber: UInt64 = 0
        /// Whether another version became live since this one was.
        var isPast = false

        /// The offset before which all uploads of the partition are visible.
        func visible(of partition: Int) -> Int64 {
            let told = next[partition] ?? 0
            guard let gap = gaps[partition], told >= gap.lowerBound else { return told }
            return max(told, gap.upperBound)
        }

        /// Those who wait for nothing more, and no longer wait.
        mutating func wake() -> [CheckedContinuation<Wait, Never>] {
            let ready = waiters.filter { $0.value.offset < visible(of: $0.value.partition) }
            for number in ready.keys { waiters[number] = nil }
            return ready.values.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    /// The offset before which all uploads of the partition are visible.
    func next(of partition: Int) -> Int64 { state.withLock { $0.visible(of: partition) } }

    /// The same of all partitions that show anything, without marks behind it.
    var all: [Int: Int64] { state.withLock { $0.next } }

    /// So many partitions of uploads there are.
    func know(partitions: Int) { state.withLock { $0.partitions = partitions } }

    /// Whether there can be such a partition; all may be until their number is known.
    func mayHave(partition: Int) -> Bool {
        state.withLock { partition < $0.partitions ?? Int.max }
    }

    /// Requests that wait.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Uploads before these offsets are visible from now on.
    func rise(to offsets: [Int: Int64]) {
        let woken = state.withLock { state in
            state.next.merge(offsets) { max($0, $1) }
            return state.wake()
        }
        for continuation in woken { continuation.resume(returning: .visible) }
    }

    /// There is nothing to be seen between these offsets, nor will be: what is visible up to the
    /// first is so up to the last.
    func rise(past gap: Range<Int64>, of partition: Int) {
        let woken = state.withLock { state in
            state.gaps[partition] = gap
            return state.wake()
        }
        for continuation in woken { continuation.resume(returning: .visible) }
    }

    /// Nothing is visible any more.
    func fall() { state.withLock { $0.next = [:] } }

    /// Whether all uploads before these offsets are visible.
    func has(_ offsets: [Int: Int64]) -> Bool {
        state.withLock { state in offsets.allSatisfy { state.visible(of: $0.key) >= $0.value } }
    }

    /// Those who wait for what is live are to ask this version from now on.
    func comeBack() { state.withLock { $0.isPast = false } }

    /// Those who wait for what is live are to ask another version, also those who begin to wait
    /// later: they had asked for what is live before another version was.
    func moveOn() {
        let waiters = state.withLock { state in
            state.isPast = true
            let moved = state.waiters.filter(\.value.follows)
            for number in moved.keys { state.waiters[number] = nil }
            return moved.values.map(\.continuation)
        }
        for continuation in waiters { continuation.resume(returning: .moved) }
    }

    /// Waits until the upload is visible, but not longer than this.
    ///
    /// - Parameter follows: whether ``moveOn()`` ends the wait.
    func wait(
        partition: Int, offset: Int64, atMost limit: Duration, follows: Bool = false
    ) async -> Wait {
        if next(of: partition) > offset { return .visible }
        guard state.withLock({ $0.waiters.count < Self.waiterLimit }) else { return .tooMany }
        return await withTaskGroup(of: Wait.self) { group in
            group.addTask {
                await self.wait(partition: partition, offset: offset, follows: follows)
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return .late }
                return .late
            }
            let end = await group.next() ?? .late
            group.cancelAll()
            return end
        }
    }

    private func wait(partition: Int, offset: Int64, follows: Bool) async -> Wait {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        defer { state.withLock { _ = $0.gone.remove(number) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Wait? = state.withLock { state in
                    if state.gone.remove(number) != nil { return .late }
                    if state.visible(of: partition) > offset { return .visible }
                    if follows, state.isPast { return .moved }
                    state.waiters[number] = Waiter(
                        partition: partition, offset: offset, follows: follows,
                        continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: number)
                // Cancelled before it began to wait, or after it was woken.
                if waiter == nil { state.gone.insert(number) }
                return waiter
            }
            waiter?.continuation.resume(returning: .late)
        }
    }
}
