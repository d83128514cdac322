/// What a fleet's run came to, for people and as JSON.
public struct FleetReport: Equatable, Sendable, Codable {
    /// What decided the drives.
    public var seed: UInt64
    /// Drivers.
    public var drivers: Int
    /// Trips that were sent whole and ended.
    public var trips = 0
    /// Uploads that were taken, ends included.
    public var uploads = 0
    /// Points that the gateway took, those sent twice counted twice.
    public var points = 0
    /// Attempts beyond the first.
    public var retries = 0
    /// Uploads that were given up, and why, with their number.
    public var failures: [String: Int] = [:]
    /// Seconds from the first upload to the last.
    public var seconds = 0.0
    /// Taken uploads a second.
    public var uploadsPerSecond = 0.0
    /// Taken points a second.
    public var pointsPerSecond = 0.0
    /// Milliseconds from an upload to its answer, attempts and waits included.
    public var latency = Latency()
    /// What came back, compared with the truth; nil where nobody looked.
    public var verdict: FleetVerdict?

    /// Percentiles in milliseconds.
    public struct Latency: Equatable, Sendable, Codable {
        /// Half of the uploads took no longer.
        public var p50 = 0.0
        /// All but one in a hundred took no longer.
        public var p99 = 0.0
        /// None took longer.
        public var longest = 0.0
    }

    /// An empty report.
    public init(seed: UInt64, drivers: Int) {
        self.seed = seed
        self.drivers = drivers
    }
}

/// What readers say of a fleet's trips, compared with the truth.
public struct FleetVerdict: Equatable, Sendable, Codable {
    /// Trips that were asked for.
    public var checked = 0
    /// Trips that nobody knows, or whose answer cannot be read, with the reason.
    public var missing: [String: String] = [:]
    /// Trips that a list names more than once.
    public var doubled: [String] = []
    /// Trips that are not complete, or whose number of readings is not that of the points sent.
    public var wrongReadings: [String] = []
    /// The mean of |reported − true| / true over the trips' distances.
    public var distanceErrorMean = 0.0
    /// The largest of them.
    public var distanceErrorWorst = 0.0
    /// How detection did, by kind.
    public var kinds: [String: Tally] = [:]

    /// Nothing checked yet.
    public init() {}

    /// Whether every trip came back once and whole.
    public var isWhole: Bool { missing.isEmpty && doubled.isEmpty && wrongReadings.isEmpty }
}
