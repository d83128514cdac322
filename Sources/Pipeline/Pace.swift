internal import Synchronization

/// How fast a scorer may take uploads in: set from outside at any time, kept by the scorer.
public final class Pace: Sendable {
    private struct State {
        var uploadsPerSecond: Int
        var isPaused: Bool
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    /// What a scorer may do now.
    enum Grant: Equatable {
        /// Take so many uploads in at most, 1 or more.
        case uploads(Int)
        /// Nothing for so long.
        case nothing(for: Duration)
    }

    private let state: Mutex<State>

    /// A tenth of a second's uploads may come at once.
    private static let burstSeconds = 0.1

    /// - Parameter uploadsPerSecond: 0 is no limit.
    public init(uploadsPerSecond: Int = 0, isPaused: Bool = false) {
        state = Mutex(
            State(
                uploadsPerSecond: max(0, uploadsPerSecond), isPaused: isPaused, tokens: 0,
                filled: .now))
    }

    /// Goes at another pace from now on.
    ///
    /// - Parameter uploadsPerSecond: 0 is no limit.
    public func set(uploadsPerSecond: Int, isPaused: Bool) {
        state.withLock { state in
            state.uploadsPerSecond = max(0, uploadsPerSecond)
            state.isPaused = isPaused
            // Debts of a faster pace are forgiven: at a slower one they would take for ever.
            state.tokens = max(state.tokens, 0)
        }
    }

    /// Whether nothing is to be taken in.
    public var isPaused: Bool { state.withLock { $0.isPaused } }

    /// Uploads a second; 0 is no limit.
    public var uploadsPerSecond: Int { state.withLock { $0.uploadsPerSecond } }

    /// As a metric: uploads a second, 0 while it is paused, endless where there is no limit.
    var figure: Double {
        state.withLock { state in
            if state.isPaused { return 0 }
            return state.uploadsPerSecond == 0 ? .infinity : Double(state.uploadsPerSecond)
        }
    }

    /// How many of the uploads wanted may be taken in now.
    func grant(upTo wanted: Int, now: ContinuousClock.Instant = .now) -> Grant {
        state.withLock { state in
            let elapsed = (now - state.filled) / .seconds(1)
            state.filled = now
            guard !state.isPaused else { return .nothing(for: .milliseconds(200)) }
            guard state.uploadsPerSecond > 0 else { return .uploads(max(1, wanted)) }
            let rate = Double(state.uploadsPerSecond)
            let most = max(1, rate * Self.burstSeconds)
            state.tokens = min(most, state.tokens + max(0, elapsed) * rate)
            // All that may come at once, so that transactions are few.
            let least = min(most, Double(max(1, wanted))).rounded(.down)
            guard state.tokens >= least else {
                return .nothing(for: .seconds((least - state.tokens) / rate))
            }
            return .uploads(min(max(1, wanted), Int(state.tokens)))
        }
    }

    /// So many uploads were taken in.
    func spend(_ uploads: Int) {
        state.withLock { state in
            if state.uploadsPerSecond > 0 { state.tokens -= Double(uploads) }
        }
    }
}
