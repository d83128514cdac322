/// How far a version's scorers are, as seen at one moment.
public struct Standing: Equatable, Sendable {
    /// One partition of uploads.
    public struct Partition: Equatable, Sendable {
        /// The next offset that the version's progress names.
        public var position: Int64
        /// Uploads left.
        public var left: Int64
        /// Seconds since the log took the oldest of them; 0 where none is left.
        public var lagSeconds: Double

        /// A partition.
        public init(position: Int64, left: Int64, lagSeconds: Double) {
            self.position = position
            self.left = left
            self.lagSeconds = lagSeconds
        }
    }

    /// Partitions of uploads by number.
    public var partitions: [Int: Partition]
    /// Where each partition's uploads end.
    public var ends: [Int: Int64]
    /// Partitions in which the version has not yet taken over what it begins with.
    public var unseeded: [Int]
    /// Scorers that are in the version's group.
    public var members: Int

    /// Records that the version's scorers wrote so far, counted by offsets.
    public var written: Int64

    /// What was seen.
    public init(
        partitions: [Int: Partition], ends: [Int: Int64], unseeded: [Int] = [], members: Int = 1,
        written: Int64 = 0
    ) {
        self.partitions = partitions
        self.ends = ends
        self.unseeded = unseeded
        self.members = members
        self.written = written
    }

    /// Uploads left in all partitions.
    public var left: Int64 { partitions.values.reduce(0) { $0 + $1.left } }

    /// Seconds since the log took the oldest upload left.
    public var lagSeconds: Double { partitions.values.map(\.lagSeconds).max() ?? 0 }
}

/// Whether a version has caught up with the uploads: it has passed the ends as they were when the
/// wait began, and then stays close to them for a while.
///
/// A decision alone: whoever looks says what was seen, and when.
public struct AwaitGate: Sendable {
    /// What is asked of the version.
    public struct Limits: Equatable, Sendable {
        /// Lag below which it counts as caught up, in seconds.
        public var lagSeconds = 1.0
        /// How long it must stay so, in seconds.
        public var holdSeconds = 10.0
        /// Without progress for so long it has failed, in seconds.
        public var stallSeconds = 30.0
        /// How long all may take, in seconds; nil waits for as long as there is progress.
        public var timeoutSeconds: Double?
        /// Over how long the rate is measured, in seconds.
        public var rateSeconds = 10.0

        /// The defaults that each property names.
        public init() {}
    }

    /// What a look came to.
    public enum Verdict: Equatable, Sendable {
        /// Not yet.
        case waiting(Advance)
        /// It holds; the figure tells by how much.
        case passed(String)
        /// It does not; the figure tells why.
        case failed(String)
    }

    /// How far the wait is.
    public struct Advance: Equatable, Sendable {
        /// Uploads left, of those that there were when the wait began.
        public var left: Int64
        /// Uploads that there were to score when the wait began.
        public var total: Int64
        /// Seconds since the log took the oldest upload left.
        public var lagSeconds: Double
        /// Uploads a second lately; nil while too little was seen.
        public var rate: Double?
        /// Seconds until the ends are reached at this rate; nil while it is not known.
        public var secondsLeft: Double?
        /// How long it has been caught up, in seconds; nil while it is not.
        public var heldSeconds: Double?
        /// What else is waited for, in words.
        public var remark: String?
    }

    private let limits: Limits
    private let began: Double
    private let goals: [Int: Int64]
    private let total: Int64
    private var moved: [Int: (position: Int64, at: Double)] = [:]
    private var seeding: (left: Int, written: Int64, at: Double)
    private var manned: Double
    private var samples: [(at: Double, done: Int64)] = []
    private var heldSince: Double?

    /// Begins the wait.
    ///
    /// - Parameters:
    ///   - standing: what there is to begin with.
    ///   - now: seconds of any clock that only goes forward.
    public init(_ standing: Standing, limits: Limits = Limits(), now: Double) {
        self.limits = limits
        began = now
        goals = standing.ends
        total = Self.left(standing, to: standing.ends)
        for (partition, state) in standing.partitions {
            moved[partition] = (state.position, now)
        }
        seeding = (standing.unseeded.count, standing.written, now)
        manned = now
    }

    /// Takes in what is seen now.
    public mutating func look(_ standing: Standing, now: Double) -> Verdict {
        let left = Self.left(standing, to: goals)
        note(standing, now)
        sample(total - left, now)
        let isClose = standing.lagSeconds < limits.lagSeconds
        let isCaughtUp = left == 0 && isClose && standing.unseeded.isEmpty && standing.members > 0
        heldSince = isCaughtUp ? heldSince ?? now : nil
        if let heldSince, now - heldSince >= limits.holdSeconds {
            return .passed(
                "\(total) uploads in \(Self.seconds(now - began)), lag below "
                    + "\(Self.seconds(limits.lagSeconds)) for \(Self.seconds(limits.holdSeconds))")
        }
        if let stall = stall(standing, now) { return .failed(stall) }
        if let timeout = limits.timeoutSeconds, now - began >= timeout {
            return .failed(
                "not caught up within \(Self.seconds(timeout)): \(left) of \(total) uploads left, "
                    + "lag \(Self.seconds(standing.lagSeconds))")
        }
        var advance = Advance(
            left: left, total: total, lagSeconds: standing.lagSeconds, rate: rate,
            heldSeconds: heldSince.map { now - $0 })
        if left > 0, let rate, rate > 0 { advance.secondsLeft = Double(left) / rate }
        if standing.members == 0 {
            advance.remark = "nobody scores it"
        } else if !standing.unseeded.isEmpty {
            advance.remark = "\(standing.unseeded.count) partitions to take over"
        }
        return .waiting(advance)
    }

    /// Uploads left before the goals.
    private static func left(_ standing: Standing, to goals: [Int: Int64]) -> Int64 {
        standing.partitions.reduce(0) { sum, entry in
            // Where no upload is left, offsets may be, as those that a cluster's transactions take.
            let (partition, state) = entry
            return sum + min(state.left, max(0, (goals[partition] ?? 0) - state.position))
        }
    }

    private mutating func note(_ standing: Standing, _ now: Double) {
        for (partition, state) in standing.partitions
        where moved[partition]?.position != state.position || state.left == 0 {
            moved[partition] = (state.position, now)
        }
        if standing.unseeded.count != seeding.left || standing.written != seeding.written {
            seeding = (standing.unseeded.count, standing.written, now)
        }
        if standing.members > 0 { manned = now }
    }

    /// Why nothing more is to be hoped for: partitions that stand still while the others have
    /// nothing old to do. A partition that waits while others move has its turn to come.
    private func stall(_ standing: Standing, _ now: Double) -> String? {
        let span = Self.seconds(limits.stallSeconds)
        let unmoved = standing.partitions.filter { partition, state in
            // What is taken over moves no position.
            let since = standing.unseeded.contains(partition) ? seeding.at : -.infinity
            return state.left > 0
                && now - max(since, moved[partition]?.at ?? now) >= limits.stallSeconds
        }
        let nobody = standing.members == 0 ? "; nobody scores it" : ""
        let othersAreIdle = standing.partitions.allSatisfy { partition, state in
            unmoved[partition] != nil || state.lagSeconds < limits.lagSeconds
        }
        if othersAreIdle, let (partition, state) = unmoved.min(by: { $0.key < $1.key }) {
            let more = unmoved.count > 1 ? " and \(unmoved.count - 1) more" : ""
            return "no progress for \(span) in partition \(partition)\(more): it stands at "
                + "\(state.position) with \(state.left) uploads left\(nobody)"
        }
        if standing.members == 0, now - manned >= limits.stallSeconds {
            return "nobody scores it for \(span)"
        }
        if let first = standing.unseeded.min(), now - seeding.at >= limits.stallSeconds,
            othersAreIdle
        {
            return "nothing taken over for \(span) in partition \(first)\(nobody)"
        }
        return nil
    }

    private mutating func sample(_ done: Int64, _ now: Double) {
        samples.append((now, done))
        samples.removeAll { now - $0.at > limits.rateSeconds }
    }

    private var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.at - first.at >= 1 else {
            return nil
        }
        return Double(last.done - first.done) / (last.at - first.at)
    }

    private static func seconds(_ seconds: Double) -> String {
        let tenths = Int64((seconds * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
