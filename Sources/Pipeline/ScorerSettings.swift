public import EventLog
public import Scoring
public import Topics
public import Trips

/// What a scorer is to do, and its limits.
public struct ScorerSettings: Sendable {
    /// The version whose topics and group it serves.
    public var version: Version
    /// The rules that the version scores by.
    public let rules: RuleSet
    /// Their hash, taken once: it stands in every record.
    let rulesHash: String
    /// Where the version begins, a partition of uploads; those left out, and those at or below the
    /// first upload kept, begin with that. Without a ``base`` they are void.
    public var starts: [Int: Int64] = [:]
    /// The version from which is taken over what is not scored again.
    public var base: Version?
    /// How fast it goes; it may be set while the scorer runs.
    public var pace = Pace()
    /// How large a trip may become.
    public var trips = TripLimits()
    /// The name under which it joins the group; the same after a restart.
    public var member: String
    /// Where the index of trips is kept; nil keeps it in memory.
    public var indexPath: String?
    /// Bytes that a dead letter may have, as every engine takes them; one of a larger record tells
    /// where it is and does not hold it.
    public var letterBytes = 900_000
    /// How much one transaction takes in at most.
    public var batch = ReadLimit(records: 1_000, bytes: 4 << 20)
    /// How much one takes in while more waits than ``batch`` takes: a trip whose uploads come
    /// together is scored and said once. Nil is the same as ``batch``.
    public var catchUpBatch: ReadLimit? = ReadLimit(records: 8_000, bytes: 8 << 20)
    /// How long a poll waits for the first record.
    public var pollWait = Duration.milliseconds(500)
    /// Points of all trips in memory, beyond which those not touched for longest are dropped; a
    /// trip counts as 50 more.
    public var pointsInMemory = 4_000_000
    /// Trips in progress whose last upload is older than this are not warmed at the start.
    public var warmMilliseconds: Int64 = 3_600_000
    /// The longest wait before something that failed is tried again; the first is 50 ms.
    public var longestRetry = Duration.seconds(2)

    /// Settings with every limit at its default.
    public init(version: Version, rules: RuleSet, member: String, indexPath: String? = nil) {
        self.version = version
        self.rules = rules
        rulesHash = rules.hash
        self.member = member
        self.indexPath = indexPath
    }
}

/// What a scorer tells of itself while it runs; each closure must be quick.
public struct ScorerObserver: Sendable {
    /// A transaction begins (true) or is over (false).
    public var transaction: @Sendable (Bool) -> Void
    /// Something failed and is tried again, with the reason.
    public var retrying: @Sendable (String) -> Void

    /// Tells nobody, unless said otherwise.
    public init(
        transaction: @escaping @Sendable (Bool) -> Void = { _ in },
        retrying: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.transaction = transaction
        self.retrying = retrying
    }
}
