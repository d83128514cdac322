internal import Metrics
internal import Synchronization

/// Bytes of bodies that the process may hold: whoever wants some waits their turn, for a while.
///
/// First come, first served, so that a large body is not overtaken for ever by small ones.
final class BodyBudget: Sendable {
    private struct Waiter {
        let id: Int
        let bytes: Int
        let turn: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var waiters: [Waiter] = []
        var lastID = 0
        var cancelled: Set<Int> = []
    }

    private let total: Int
    private let state: Mutex<State>
    private let inFlight = Gauge(label: "tacho_http_body_bytes")

    /// A budget of so many bytes.
    init(bytes: Int) {
        total = bytes
        state = Mutex(State(free: bytes))
    }

    /// Takes bytes, waiting at most so long for them.
    ///
    /// - Returns: whether they were taken; then ``giveBack(_:)`` must follow.
    fileprivate func take(_ bytes: Int, within wait: Duration) async -> Bool {
        let taken = state.withLock { state in
            guard state.waiters.isEmpty, state.free >= bytes else { return false }
            state.free -= bytes
            inFlight.record(total - state.free)
            return true
        }
        if taken { return true }
        guard bytes <= total else { return false }
        return await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await self.turn(bytes) }
            group.addTask {
                // Cancelled as soon as the turn comes, which is no failure.
                try? await Task.sleep(for: wait)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // The turn may have come while the time ran out; what was taken counts.
            while let late = await group.next() {
                if let late { return late }
            }
            return false
        }
    }

    /// Gives back bytes that ``take(_:within:)`` gave.
    fileprivate func giveBack(_ bytes: Int) {
        let turns = state.withLock { state in
            state.free += bytes
            return admit(&state)
        }
        for turn in turns { turn.resume(returning: true) }
    }

    /// Waits in line; false where the task is cancelled first.
    private func turn(_ bytes: Int) async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        // A cancellation that comes after the turn leaves its mark behind.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                let (turns, isVoid) = state.withLock { state in
                    if state.cancelled.contains(id) {
                        return ([CheckedContinuation<Bool, Never>](), true)
                    }
                    state.waiters.append(Waiter(id: id, bytes: bytes, turn: turn))
                    return (admit(&state), false)
                }
                if isVoid { turn.resume(returning: false) }
                for turn in turns { turn.resume(returning: true) }
            }
        } onCancel: {
            let (gone, turns) = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return (nil as Waiter?, [CheckedContinuation<Bool, Never>]())
                }
                // Whoever stood behind may fit now.
                return (state.waiters.remove(at: index), admit(&state))
            }
            gone?.turn.resume(returning: false)
            for turn in turns { turn.resume(returning: true) }
        }
    }

    /// Those at the head of the line whose bytes are free now.
    private func admit(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
        var turns: [CheckedContinuation<Bool, Never>] = []
        while let first = state.waiters.first, first.bytes <= state.free {
            state.free -= first.bytes
            turns.append(first.turn)
            state.waiters.removeFirst()
        }
        inFlight.record(total - state.free)
        return turns
    }
}

/// What one body holds of a budget; given back when nobody refers to it any more.
final class BodyShare: Sendable {
    private let budget: BodyBudget
    private let held = Atomic(0)

    /// Nothing yet.
    init(of budget: BodyBudget) { self.budget = budget }

    deinit { budget.giveBack(bytes) }

    /// Bytes held.
    var bytes: Int { held.load(ordering: .relaxed) }

    /// Takes what is missing to so many bytes; false where there was none for as long as `wait`.
    ///
    /// Called by one task at a time.
    func grow(to wanted: Int, within wait: Duration) async -> Bool {
        let more = wanted - bytes
        guard await budget.take(more, within: wait) else { return false }
        held.add(more, ordering: .relaxed)
        return true
    }
}
