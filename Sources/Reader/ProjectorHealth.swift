internal import Synchronization

/// What a projector has come to, for whoever asks whether it can serve.
final class ProjectorHealth: Sendable {
    private struct State {
        var isRunning = false
        var hasCaughtUp = false
        var isRebuilding = false
        var lag: Int64 = 0
        var lastTurn = ContinuousClock.now
        var trouble: String?
    }

    private let state = Mutex(State())

    /// A turn of the loop is over, and so many of the records there at the start are left, or none
    /// that a read brings.
    func turned(lag: Int64, readyAt limit: Int64, isAtEnd: Bool) {
        state.withLock { state in
            state.isRunning = true
            state.lastTurn = .now
            state.lag = lag
            state.trouble = nil
            if lag <= limit || isAtEnd {
                state.hasCaughtUp = true
                state.isRebuilding = false
            }
        }
    }

    /// Something failed that is tried again.
    func failed(_ reason: String) { state.withLock { $0.trouble = reason } }

    /// Everything is to be read from the beginning.
    func rebuilds() {
        state.withLock { state in
            state.hasCaughtUp = false
            state.isRebuilding = true
        }
    }

    /// Records left to read of those that were there at the beginning.
    var lag: Int64 { state.withLock { $0.lag } }

    /// Whether there is less to be read than there was.
    var isRebuilding: Bool { state.withLock { $0.isRebuilding } }

    /// The loop is over.
    func stopped() { state.withLock { $0.isRunning = false } }

    /// What there is to wait for; nil where the projector follows the log.
    func waitsFor(stuckAfter: Duration) -> String? {
        state.withLock { state in
            let why = state.trouble.map { ": \($0)" } ?? ""
            guard state.isRunning else { return "the projector to start" + why }
            guard state.hasCaughtUp else { return "\(state.lag) records to be read" + why }
            guard .now - state.lastTurn < stuckAfter else { return "the projector to go on" + why }
            return nil
        }
    }
}
