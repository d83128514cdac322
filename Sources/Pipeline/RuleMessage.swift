public import Scoring
public import Topics

/// A rule set in the words of `topics/releases.proto`: a release carries its rules, so that they
/// are found again without the file that they came from.
public enum RuleMessage {
    /// All of a rule set but its name and version, which a release says itself.
    public static func compose(_ rules: RuleSet) -> Tacho_V1_RuleParameters {
        var message = Tacho_V1_RuleParameters()
        message.method = rules.method == .manoeuvres ? .manoeuvres : .secondPairs
        message.brake = compose(rules.brake, rules.weights.brake)
        message.acceleration = compose(rules.acceleration, rules.weights.acceleration)
        if let corner = rules.corner { message.corner = compose(corner, rules.weights.corner) }
        message.releasePercent = rules.releasePercent
        message.minimumSpeedMPerH = rules.minimumSpeedMetersPerHour
        message.minimumDistanceM = Int64(rules.limits.minimumDistanceMeters)
        message.minimumDurationMs = rules.limits.minimumDurationMilliseconds
        message.minimumCoveragePercent = Int32(rules.limits.minimumCoveragePercent)
        message.maximumGapMs = rules.limits.maximumGapMilliseconds
        message.maximumAccuracyCm = rules.limits.maximumAccuracyCentimeters
        return message
    }

    /// The rules of a release; nil where it carries none, as those from before they did, or none
    /// that this build knows.
    public static func rules(of release: Tacho_V1_Release) -> RuleSet? {
        guard release.hasRules else { return nil }
        let message = release.rules
        let method: RuleSet.Method
        switch message.method {
        case .manoeuvres: method = .manoeuvres
        case .secondPairs: method = .secondPairs
        case .unspecified, .UNRECOGNIZED: return nil
        }
        var rules = RuleSet(
            name: release.rulesName, version: Int(release.rulesVersion), method: method,
            brake: threshold(message.brake), acceleration: threshold(message.acceleration),
            corner: message.hasCorner ? threshold(message.corner) : nil,
            releasePercent: message.releasePercent,
            minimumSpeedMetersPerHour: message.minimumSpeedMPerH)
        rules.weights.brake = halves(message.brake)
        rules.weights.acceleration = halves(message.acceleration)
        rules.weights.corner = halves(message.corner)
        rules.weights = rules.weights.counting(rules)
        rules.limits.minimumDistanceMeters = Int(message.minimumDistanceM)
        rules.limits.minimumDurationMilliseconds = message.minimumDurationMs
        rules.limits.minimumCoveragePercent = Int(message.minimumCoveragePercent)
        rules.limits.maximumGapMilliseconds = message.maximumGapMs
        rules.limits.maximumAccuracyCentimeters = message.maximumAccuracyCm
        return rules.isValid ? rules : nil
    }

    private static func compose(
        _ threshold: RuleSet.Threshold, _ weight: Weights.Halves
    ) -> Tacho_V1_EventRule {
        var message = Tacho_V1_EventRule()
        message.moderateMmPerS2 = threshold.moderate
        message.moderateWeightHalves = UInt32(weight.moderate)
        guard let severe = threshold.severe else { return message }
        message.severeMmPerS2 = severe
        message.severeWeightHalves = UInt32(weight.severe)
        return message
    }

    private static func threshold(_ message: Tacho_V1_EventRule) -> RuleSet.Threshold {
        RuleSet.Threshold(
            moderate: message.moderateMmPerS2,
            severe: message.hasSevereMmPerS2 ? message.severeMmPerS2 : nil)
    }

    private static func halves(_ message: Tacho_V1_EventRule) -> Weights.Halves {
        Weights.Halves(
            moderate: Int(message.moderateWeightHalves), severe: Int(message.severeWeightHalves))
    }
}
