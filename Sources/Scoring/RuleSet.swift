/// What counts as hard driving, and when a trip can be scored: data, named and versioned.
///
/// Accelerations are in millimetres per second squared and speeds in metres per hour, so that a
/// rule set has one exact form and one ``hash``.
public struct RuleSet: Sendable, Equatable {
    /// How events are found.
    public enum Method: String, Sendable, Equatable {
        /// Manoeuvres in smoothed speed and position, one event a manoeuvre.
        case manoeuvres
        /// MyDriving's rule: average speeds of neighbouring seconds, each pair its own event.
        case secondPairs
    }

    /// The size from which a manoeuvre is an event. Limits are inclusive.
    public struct Threshold: Sendable, Equatable {
        /// Where a moderate event begins, mm/s².
        public var moderate: Int32
        /// Where a severe event begins, mm/s²; nil where the rule knows no severe events.
        public var severe: Int32?

        /// A threshold from its two limits in mm/s².
        public init(moderate: Int32, severe: Int32?) {
            self.moderate = moderate
            self.severe = severe
        }

        /// The severity of a manoeuvre whose peak has this size in mm/s².
        func severity(ofPeak size: Int32) -> Event.Severity {
            if let severe, size >= severe { .severe } else { .moderate }
        }
    }

    /// The name users choose it by: `default`, `strict`, `mydriving`.
    public var name: String
    /// Raised when a shipped rule set of this name changes.
    public var version: Int
    /// How events are found.
    public var method: Method
    /// Hard braking.
    public var brake: Threshold
    /// Hard acceleration.
    public var acceleration: Threshold
    /// Hard cornering, as speed times heading rate; nil where corners do not count.
    public var corner: Threshold?
    /// An event lasts until the acceleration falls below this percentage of its limit.
    public var releasePercent: Int32
    /// A brake or corner begun below this speed is none, metres per hour.
    public var minimumSpeedMetersPerHour: Int32
    /// What a trip needs to be scored.
    public var limits: Limits
    /// What events cost.
    public var weights: Weights

    /// A rule set from all its parameters.
    public init(
        name: String,
        version: Int,
        method: Method = .manoeuvres,
        brake: Threshold,
        acceleration: Threshold,
        corner: Threshold?,
        releasePercent: Int32 = 83,
        minimumSpeedMetersPerHour: Int32 = 10_000,
        limits: Limits = Limits(),
        weights: Weights = Weights()
    ) {
        self.name = name
        self.version = version
        self.method = method
        self.brake = brake
        self.acceleration = acceleration
        self.corner = corner
        self.releasePercent = releasePercent
        self.minimumSpeedMetersPerHour = minimumSpeedMetersPerHour
        self.limits = limits
        self.weights = weights
    }

    /// 16 lowercase hex digits over every parameter and ``Scoring/revision``.
    ///
    /// FNV-1a, 64 bits, over the parameters in the order of declaration, each as decimal or text
    /// and ended by a line feed. Weights enter it only where they are not the usual ones, so that the
    /// hashes of rule sets from before there was a choice are what they were.
    public var hash: String {
        var fingerprint = Fingerprint()
        fingerprint.add("\(Scoring.revision)")
        fingerprint.add(name)
        fingerprint.add("\(version)")
        fingerprint.add(method.rawValue)
        for threshold in [brake, acceleration, corner] {
            fingerprint.add(threshold.map { "\($0.moderate)" } ?? "-")
            fingerprint.add(threshold?.severe.map { "\($0)" } ?? "-")
        }
        fingerprint.add("\(releasePercent)")
        fingerprint.add("\(minimumSpeedMetersPerHour)")
        for limit in limits.all { fingerprint.add("\(limit)") }
        if weights != Weights() {
            for weight in weights.all { fingerprint.add("\(weight)") }
        }
        return fingerprint.hexadecimal
    }
}
