public import Scoring

extension RuleSet {
    /// Any valid rule set, its extremes often among the values.
    public static func random(using random: inout some RandomNumberGenerator) -> RuleSet {
        var rules = RuleSet(
            name: name(&random), version: value(in: Bounds.version, &random),
            method: value(in: 0...3, &random) == 0 ? .secondPairs : .manoeuvres,
            brake: .random(&random), acceleration: .random(&random), corner: nil)
        if rules.method == .secondPairs {
            rules.releasePercent = 100
            rules.minimumSpeedMetersPerHour = 0
        } else {
            if Bool.random(using: &random) { rules.corner = .random(&random) }
            rules.releasePercent = value(in: Bounds.releasePercent, &random)
            rules.minimumSpeedMetersPerHour = value(in: Bounds.minimumSpeed, &random)
        }
        rules.limits.minimumDistanceMeters = value(in: Bounds.distance, &random)
        rules.limits.minimumDurationMilliseconds = value(in: Bounds.duration, &random)
        rules.limits.minimumCoveragePercent = value(in: Bounds.coverage, &random)
        rules.limits.maximumGapMilliseconds = value(in: Bounds.gap, &random)
        rules.limits.maximumAccuracyCentimeters = value(in: Bounds.accuracy, &random)
        rules.weights.brake = .random(&random)
        rules.weights.acceleration = .random(&random)
        rules.weights.corner = .random(&random)
        rules.weights = rules.weights.counting(rules)
        return rules
    }

    private static func name(_ random: inout some RandomNumberGenerator) -> String {
        // Some that YAML would take for something else than a text.
        let names = ["no", "null", "y", "e3", "on-call", "true", "none", "a"]
        if Bool.random(using: &random) { return names.randomElement(using: &random) ?? "a" }
        let rest = (0..<value(in: 0...(Bounds.nameLength - 1), &random)).map { _ in
            "abcdefghijklmnopqrstuvwxyz0123456789-".randomElement(using: &random) ?? "a"
        }
        return "r" + String(rest)
    }
}

extension RuleSet.Threshold {
    fileprivate static func random(_ random: inout some RandomNumberGenerator) -> Self {
        let moderate = value(in: RuleSet.Bounds.threshold, &random)
        let above = moderate...RuleSet.Bounds.threshold.upperBound
        return Self(
            moderate: moderate,
            severe: value(in: 0...3, &random) == 0 ? nil : value(in: above, &random))
    }
}

extension Weights.Halves {
    fileprivate static func random(_ random: inout some RandomNumberGenerator) -> Self {
        Self(
            moderate: value(in: RuleSet.Bounds.weight, &random),
            severe: value(in: RuleSet.Bounds.weight, &random))
    }
}

private func value<T: FixedWidthInteger>(
    in range: ClosedRange<T>, _ random: inout some RandomNumberGenerator
) -> T {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: range.lowerBound
    case 1: range.upperBound
    default: T.random(in: range, using: &random)
    }
}
