/// Finds the manoeuvres of one kind in the seconds of a stretch.
struct Detector: Sendable {
    private let kind: Event.Kind
    private let threshold: RuleSet.Threshold
    private let release: Double
    private let minimumSpeed: Double
    /// The manoeuvre that is going on.
    private var open: Finding?
    /// Its largest acceleration so far, in units of the limit.
    private var peak = 0.0

    init(kind: Event.Kind, threshold: RuleSet.Threshold, rules: RuleSet) {
        self.kind = kind
        self.threshold = threshold
        release = Double(rules.releasePercent) / 100
        minimumSpeed =
            kind == .hardAcceleration ? 0 : Double(rules.minimumSpeedMetersPerHour)
    }

    mutating func absorb(
        _ motion: Motion, at index: Int, of stretch: borrowing Stretch,
        into findings: inout [Finding]
    ) {
        let size = measure(motion)
        if open != nil {
            if abs(size) >= release, size > 0 || kind == .hardCorner {
                peak = abs(size) > abs(peak) ? size : peak
            } else {
                end(at: index, of: stretch, into: &findings)
            }
        } else if abs(size) >= 1, size > 0 || kind == .hardCorner {
            begin(size, motion, at: index, of: stretch)
        }
    }

    /// The acceleration of this kind in units of its limit.
    private func measure(_ motion: Motion) -> Double {
        let limit = Double(threshold.moderate) / 1_000
        switch kind {
        case .hardCorner:
            return motion.metersPerHour >= minimumSpeed ? motion.left / limit : 0
        case .hardBrake:
            if motion.isVehicles { return -motion.slow / limit }
            return max(-motion.slow / (0.87 * limit), -motion.quick / (0.87 * limit))
        case .hardAcceleration:
            if motion.isVehicles { return motion.slow / limit }
            return max(motion.slow / (0.95 * limit), motion.quick / (1.05 * limit))
        }
    }

    private mutating func begin(
        _ size: Double, _ motion: Motion, at index: Int, of stretch: borrowing Stretch
    ) {
        let cell = stretch[index]
        let speed =
            motion.isVehicles ? cell.speedBefore : Detector.speed(before: index, of: stretch)
        guard speed >= minimumSpeed else { return }
        peak = size
        open = Finding(
            kind: kind, severity: .moderate, startMilliseconds: cell.endMilliseconds - 1_000,
            endMilliseconds: cell.endMilliseconds, latitudeE7: cell.latitudeE7,
            longitudeE7: cell.longitudeE7, peakMillimetersPerSecond2: 0,
            speedBeforeMetersPerHour: Int32(speed), speedAfterMetersPerHour: 0)
    }

    /// Ends the manoeuvre before the second at `index`, if one is going on.
    mutating func end(
        at index: Int, of stretch: borrowing Stretch, into findings: inout [Finding]
    ) {
        guard var finding = open else { return }
        open = nil
        let last = stretch[index - 1]
        finding.endMilliseconds = last.endMilliseconds
        let sign = kind == .hardBrake || (kind == .hardCorner && peak > 0) ? -1.0 : 1.0
        finding.peakMillimetersPerSecond2 = Int32(
            sign * abs(peak) * Double(threshold.moderate))
        finding.severity = threshold.severity(ofPeak: abs(finding.peakMillimetersPerSecond2))
        let speed =
            last.speedAfter >= 0 ? last.speedAfter : Detector.speed(after: index - 1, of: stretch)
        finding.speedAfterMetersPerHour = Int32(speed)
        findings.append(finding)
    }

    private static func speed(before index: Int, of stretch: borrowing Stretch) -> Double {
        let bounds = stretch.bounds
        let a = max(index - 1, bounds.lowerBound)
        let b = max(index - 2, bounds.lowerBound)
        return max(0, stretch[a].along + stretch[b].along) * 1_800
    }

    private static func speed(after index: Int, of stretch: borrowing Stretch) -> Double {
        let bounds = stretch.bounds
        let a = min(index + 1, bounds.upperBound - 1)
        let b = min(index + 2, bounds.upperBound - 1)
        return max(0, stretch[a].along + stretch[b].along) * 1_800
    }
}
