/// When an upload is sent again, as a phone would: the decision alone, without clock or dice.
///
/// Uploads are safe to send again, since a point's identity is its sequence or its time. Retried
/// are refused and broken connections, silence, and the statuses 429, 502, 503 and 504.
public struct RetryPolicy: Equatable, Sendable {
    /// How often a request is sent at most, 1 or more.
    public var attempts: Int
    /// The longest wait after the first failure; it doubles with every further one.
    public var firstDelay: Duration
    /// The longest wait of all, also where the server asks for more.
    public var longestDelay: Duration

    /// Eight attempts, waits of at most 0.2 s, 0.4 s, … 10 s.
    public init(
        attempts: Int = 8, firstDelay: Duration = .milliseconds(200),
        longestDelay: Duration = .seconds(10)
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
    }

    /// One attempt.
    public static let never = RetryPolicy(attempts: 1)

    /// What an attempt came to.
    public enum Outcome: Equatable, Sendable {
        /// An answer.
        case answered(status: Int, retryAfterSeconds: Int?)
        /// None.
        case failed(ClientError)
    }

    /// How long to wait before the next attempt, or nil where there is none.
    ///
    /// - Parameters:
    ///   - attempt: How many were made, 1 or more.
    ///   - fraction: A random number, 0…1: the wait lies between half of its bound and the bound,
    ///     so that many phones that failed at once do not come back at once.
    public func delay(after outcome: Outcome, attempt: Int, fraction: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        switch outcome {
        case .failed(let error): guard error.isPassing else { return nil }
        case .answered(let status, _):
            guard [429, 502, 503, 504].contains(status) else { return nil }
        }
        if case .answered(_, let seconds?) = outcome, seconds >= 0 {
            return min(.seconds(min(seconds, 86_400)) + firstDelay * fraction, longestDelay)
        }
        let bound = min(firstDelay * (1 << min(attempt - 1, 20)), longestDelay)
        return bound * (0.5 + 0.5 * fraction)
    }
}
