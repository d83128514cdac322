internal import Scoring

/// A parameter of a rule set as a file says it: a decimal number of a unit, exact.
struct Quantity {
    /// Its key in the file, with the unit.
    let key: String
    /// What its unit is called in messages; empty where it has none.
    let unit: String
    /// Digits behind the point that count.
    let decimals: Int
    /// What it may be, in units of the last digit.
    let allowed: ClosedRange<Int64>

    init(
        _ key: String, _ unit: String, decimals: Int = 0,
        _ allowed: ClosedRange<some BinaryInteger>
    ) {
        self.key = key
        self.unit = unit
        self.decimals = decimals
        self.allowed = Int64(allowed.lowerBound)...Int64(allowed.upperBound)
    }

    /// What is allowed, in words.
    var description: String {
        let range = "\(text(allowed.lowerBound)) to \(text(allowed.upperBound))"
        let places = decimals == 0 ? "whole numbers" : "up to \(decimals) decimals"
        return "\(range)\(unit.isEmpty ? "" : " \(unit)"), \(places), without quotes"
    }

    /// The number that a text stands for, in units of the last digit; nil for anything else.
    func value(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, Self.isNumber(whole) else { return nil }
        var fraction = Substring("")
        if parts.count == 2 {
            guard Self.isNumber(parts[1]) else { return nil }
            fraction = parts[1]
            while fraction.last == "0" { fraction.removeLast() }
        }
        guard fraction.count <= decimals else { return nil }
        let digits = whole + fraction + String(repeating: "0", count: decimals - fraction.count)
        return Int64(digits).flatMap { allowed.contains($0) ? $0 : nil }
    }

    /// The shortest text of a number.
    func text(_ value: Int64) -> String {
        var digits = String(value)
        guard decimals > 0 else { return digits }
        digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        var fraction = digits.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = digits.dropLast(decimals)
        return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    }

    private static func isNumber(_ text: Substring) -> Bool {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return !text.isEmpty && text.utf8.allSatisfy(digits.contains)
    }
}

extension Quantity {
    static let version = Quantity("version", "", RuleSet.Bounds.version)
    static let moderate = Quantity(
        "moderateMetersPerSecondSquared", "m/s²", decimals: 3, RuleSet.Bounds.threshold)
    static let severe = Quantity(
        "severeMetersPerSecondSquared", "m/s²", decimals: 3, RuleSet.Bounds.threshold)
    static let moderateWeight = Quantity(
        "moderateWeightHalves", "halves", RuleSet.Bounds.weight)
    static let severeWeight = Quantity("severeWeightHalves", "halves", RuleSet.Bounds.weight)
    static let release = Quantity("releasePercent", "%", RuleSet.Bounds.releasePercent)
    static let minimumSpeed = Quantity(
        "minimumSpeedKilometersPerHour", "km/h", decimals: 3, RuleSet.Bounds.minimumSpeed)
    static let distance = Quantity("minimumDistanceMeters", "m", RuleSet.Bounds.distance)
    static let duration = Quantity(
        "minimumDurationSeconds", "s", decimals: 3, RuleSet.Bounds.duration)
    static let coverage = Quantity("minimumCoveragePercent", "%", RuleSet.Bounds.coverage)
    static let gap = Quantity("maximumGapSeconds", "s", decimals: 3, RuleSet.Bounds.gap)
    static let accuracy = Quantity(
        "maximumAccuracyMeters", "m", decimals: 2, RuleSet.Bounds.accuracy)
}
