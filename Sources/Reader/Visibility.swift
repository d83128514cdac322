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
    }

    private struct Waiter {
        var partition: Int
        var offset: Int64
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var next: [Int: Int64] = [:]
        var partitions: Int?
        var waiters: [UInt64: Waiter] = [:]
        var gone: Set<UInt64> = []
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The offset before which all uploads of the partition are visible.
    func next(of partition: Int) -> Int64 { state.withLock { $0.next[partition] ?? 0 } }

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
            let ready = state.waiters.filter {
                $0.value.offset < state.next[$0.value.partition] ?? 0
            }
            for number in ready.keys { state.waiters[number] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume(returning: true) }
    }

    /// Nothing is visible any more.
    func fall() { state.withLock { $0.next = [:] } }

    /// Waits until the upload is visible, but not longer than this.
    func wait(partition: Int, offset: Int64, atMost limit: Duration) async -> Wait {
        if next(of: partition) > offset { return .visible }
        guard state.withLock({ $0.waiters.count < Self.waiterLimit }) else { return .tooMany }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.wait(partition: partition, offset: offset) }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { return false }
                return false
            }
            let isVisible = await group.next() ?? false
            group.cancelAll()
            return isVisible ? .visible : .late
        }
    }

    private func wait(partition: Int, offset: Int64) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        defer { state.withLock { _ = $0.gone.remove(number) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.gone.remove(number) != nil { return false }
                    if state.next[partition] ?? 0 > offset { return true }
                    state.waiters[number] = Waiter(
                        partition: partition, offset: offset, continuation: continuation)
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
            waiter?.continuation.resume(returning: false)
        }
    }
}
