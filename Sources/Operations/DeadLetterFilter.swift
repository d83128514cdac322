public import EventLog

/// Which origins of dead letters are meant; each condition narrows, and none means all.
public struct DeadLetterFilter: Sendable {
    /// The origin, a copy or a letter has one of these positions.
    public var positions: [Position] = []
    /// The last letter has one of these reasons.
    public var reasons: [String] = []
    /// The log took the last letter at this time or later, in epoch milliseconds.
    public var sinceMilliseconds: Int64?
    /// The upload is of this trip.
    public var trip: String?

    /// Means all.
    public init() {}

    /// Whether nothing narrows it.
    public var isEmpty: Bool {
        positions.isEmpty && reasons.isEmpty && sinceMilliseconds == nil && trip == nil
    }

    /// Whether the origin is meant.
    public func means(_ origin: DeadLetterOrigin) -> Bool {
        let last = origin.last
        return (positions.isEmpty || positions.contains { origin.isNamed(by: $0) })
            && (reasons.isEmpty || reasons.contains(last.reason))
            && sinceMilliseconds.map { last.timestampMilliseconds >= $0 } ?? true
            && trip.map { last.trip == $0 } ?? true
    }
}
