public import EventLog
public import Trips

/// What a cutter is to do, and its limits.
public struct CutterSettings: Sendable {
    /// The name under which it joins the group; the same after a restart.
    public var member: String
    /// Where trips are cut.
    public var limits: CutLimits
    /// How much one transaction takes in at most.
    public var batch = ReadLimit(records: 1_000, bytes: 4 << 20)
    /// How long a poll waits for the first record.
    public var pollWait = Duration.milliseconds(500)
    /// Points of one record of a trip.
    public var pointsOfRecord = 5_000
    /// The longest wait before something that failed is tried again; the first is 50 ms.
    public var longestRetry = Duration.seconds(2)

    /// Settings with every limit at its default.
    public init(member: String, limits: CutLimits = CutLimits()) {
        self.member = member
        self.limits = limits
    }
}
