/// Finds the manoeuvres of one kind in the seconds of a stretch.
struct Detector: Sendable {
    /// Speeds in whole km/h make an acceleration uncertain by this much, m/s²: one that exceeds the
    /// limit by less must last two seconds.
    private static let roundingMargin = 0.25
    /// From here on, in units of the limit, nobody need be asked.
    private static let obvious = 1.3
    /// Below this, in units of the limit, it is none whatever ``Recognizer`` says.
    private static let plausible = 0.6
    /// A manoeuvre known from positions changes the speed at least so much, m/s.
    private static let leastChange = 1.0
    /// The change of the vehicle's own speed may differ from that of its positions by so much, m/s,
    /// and by ``disagreementShare`` of itself.
    private static let disagreement = 3.0
    private static let disagreementShare = 0.3

    private let kind: Event.Kind
    private let threshold: RuleSet.Threshold
    private let limit: Double
    private let release: Double
    private let minimumSpeed: Double
    /// The manoeuvre that is going on.
    private var open: Finding?
    /// Its largest acceleration so far, in units of the limit.
    private var peak = 0.0
    /// Whether the vehicle's own speed was believed when it began.
    private var isVehicles = false
    /// Speed by positions before it, m/s.
    private var speedBefore = 0.0

    init(kind: Event.Kind, threshold: RuleSet.Threshold, rules: RuleSet) {
        self.kind = kind
        self.threshold = threshold
        limit = Double(threshold.moderate) / 1_000
        release = Double(rules.releasePercent) / 100
        minimumSpeed =
            kind == .hardAcceleration ? 0 : Double(rules.minimumSpeedMetersPerHour)
    }

    mutating func absorb(
        _ motion: Motion, at index: Int, of stretch: borrowing Stretch,
        into findings: inout [Finding]
    ) {
        let clear = clearSize(motion, at: index, of: stretch)
        let size = kind == .hardCorner ? size(motion) : max(size(motion), clear)
        if open != nil {
            if clear >= release || lasts(size, motion, at: index, of: stretch) {
                if abs(size) > abs(peak) { peak = size }
            } else {
                end(at: index, of: stretch, into: &findings)
            }
        } else if clear >= 1 || begins(size, motion, at: index, of: stretch) {
            isVehicles = motion.isVehicles
            begin(size, at: index, of: stretch)
        }
    }

    /// Acceleration in units of the limit; for corners negative to the right.
    private func size(_ motion: Motion) -> Double {
        if kind != .hardCorner { return sign * motion.acceleration / limit }
        return motion.metersPerHour >= minimumSpeed ? motion.left / limit : 0
    }

    /// What is left of the steep acceleration after the roughness of the positions, in units of the
    /// limit; -1 or more, and that where there is nothing to it.
    private func clearSize(
        _ motion: Motion, at index: Int, of stretch: borrowing Stretch
    ) -> Double {
        let steep = sign * motion.steep / limit
        guard kind != .hardCorner, !motion.isVehicles, steep >= release else { return -1 }
        return max(-1, steep - caution * stretch.roughness(at: index) / limit)
    }

    /// Whether a manoeuvre may begin in this second.
    private func begins(
        _ size: Double, _ motion: Motion, at index: Int, of stretch: borrowing Stretch
    ) -> Bool {
        if kind == .hardCorner { return abs(size) >= 1 }
        if motion.isVehicles {
            guard size >= 1 else { return false }
            guard let overTwo = motion.overTwo else { return true }
            return size >= 1 + Detector.roundingMargin / limit || sign * overTwo >= limit
        }
        guard size >= Detector.plausible, motion.changesSpeed(sign) else { return false }
        return size >= Detector.obvious
            || value(at: index, of: stretch) >= recognizer.onset
    }

    /// Whether the manoeuvre that is going on goes on in this second.
    private func lasts(
        _ size: Double, _ motion: Motion, at index: Int, of stretch: borrowing Stretch
    ) -> Bool {
        if kind == .hardCorner { return abs(size) >= release && peak * size >= 0 }
        if motion.isVehicles { return size >= release }
        guard motion.changesSpeed(sign) else { return false }
        return size >= 1 || value(at: index, of: stretch) >= recognizer.release
    }

    /// The direction in which the speed changes.
    private var sign: Double { kind == .hardBrake ? -1 : 1 }

    /// How much of the roughness is taken from a steep change before it counts. Usual accelerations
    /// come nearer to their limit than usual brakes, so that noise lifts more of them over it.
    private var caution: Double { kind == .hardBrake ? 0.75 : 1.5 }

    private var recognizer: Recognizer { kind == .hardBrake ? .brake : .acceleration }

    private func value(at index: Int, of stretch: borrowing Stretch) -> Float {
        let recognizer = recognizer
        return recognizer.value(at: index, of: stretch, scale: recognizer.limit / limit)
    }

    private mutating func begin(
        _ size: Double, at index: Int, of stretch: borrowing Stretch
    ) {
        let cell = stretch[index]
        speedBefore = stretch.speed(index - 2, index - 1)
        let speed = isVehicles ? cell.speedBefore : max(0, speedBefore) * 3_600
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
        let speedAfter = stretch.speed(index, index + 1)
        let isVehicles = isVehicles && last.hasSpeed
        finding.endMilliseconds = last.endMilliseconds
        finding.speedAfterMetersPerHour = Int32(
            isVehicles ? last.speedAfter : max(0, speedAfter) * 3_600)
        guard kind == .hardCorner || isBorneOut(finding, isVehicles, by: speedAfter - speedBefore)
        else { return }
        let isNegative = kind == .hardBrake || (kind == .hardCorner && peak > 0)
        let size = max(1, abs(peak)) * Double(threshold.moderate)
        finding.peakMillimetersPerSecond2 = Int32(isNegative ? -size : size)
        finding.severity = threshold.severity(ofPeak: abs(finding.peakMillimetersPerSecond2))
        findings.append(finding)
    }

    /// Whether the positions, too, show a lasting change of speed, in m/s.
    private func isBorneOut(_ finding: Finding, _ isVehicles: Bool, by change: Double) -> Bool {
        guard isVehicles else { return sign * change >= Detector.leastChange }
        let own =
            Double(finding.speedAfterMetersPerHour - finding.speedBeforeMetersPerHour) / 3_600
        return sign * (own - change)
            <= Detector.disagreement + Detector.disagreementShare * sign * own
    }
}

extension Stretch {
    /// Mean speed along the way over two seconds, m/s; the nearest ones where they lie outside.
    fileprivate func speed(_ a: Int, _ b: Int) -> Double {
        (self[clamping: a].along + self[clamping: b].along) / 2
    }
}
