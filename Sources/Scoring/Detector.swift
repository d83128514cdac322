/// Finds the manoeuvres of one kind in the seconds of a stretch.
struct Detector: Sendable {
    /// Speeds in whole km/h make an acceleration uncertain by this much, m/s²: one that exceeds the
    /// limit by less must last two seconds.
    private static let roundingMargin = 0.25
    /// What is smoothed is larger yet: from here on, in units of the limit, nobody need be asked.
    private static let obvious = 1.3
    /// Below this, in units of the limit, it is none whatever ``Recognizer`` says.
    private static let plausible = 0.6
    /// A manoeuvre known from positions changes the speed at least so much, m/s.
    private static let leastChange = 1.0
    /// The change of the vehicle's own speed may differ from that of its positions by so much, m/s,
    /// and by ``disagreementShare`` of itself.
    private static let disagreement = 3.0
    private static let disagreementShare = 0.3

    /// How a second stands to the limit.
    private struct Verdict {
        /// Acceleration in units of the limit; for corners negative to the right.
        var size: Double
        /// Whether a manoeuvre may begin here.
        var begins: Bool
        /// Whether one that has begun goes on.
        var lasts: Bool
    }

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
        _ motion: borrowing Motion, at index: Int, of stretch: borrowing Stretch,
        into findings: inout [Finding]
    ) {
        let verdict = judge(motion)
        if open != nil {
            if verdict.lasts {
                if abs(verdict.size) > abs(peak) { peak = verdict.size }
            } else {
                end(at: index, of: stretch, into: &findings)
            }
        } else if verdict.begins {
            isVehicles = motion.isVehicles
            begin(verdict.size, at: index, of: stretch)
        }
    }

    private func judge(_ motion: borrowing Motion) -> Verdict {
        guard kind != .hardCorner else {
            let size = motion.metersPerHour >= minimumSpeed ? motion.left / limit : 0
            let turnsBack = peak * size < 0
            return Verdict(
                size: size, begins: abs(size) >= 1, lasts: abs(size) >= release && !turnsBack)
        }
        let sign = kind == .hardBrake ? -1.0 : 1.0
        let size = sign * motion.acceleration / limit
        guard !motion.isVehicles else {
            let isCertain =
                motion.overTwo.map {
                    size >= 1 + Detector.roundingMargin / limit || sign * $0 >= limit
                } ?? true
            return Verdict(size: size, begins: size >= 1 && isCertain, lasts: size >= release)
        }
        guard let recognizer, motion.changesSpeed(sign) else {
            return Verdict(size: size, begins: false, lasts: false)
        }
        let value = recognizer.value(of: motion.window, scale: recognizer.limit / limit)
        return Verdict(
            size: size,
            begins: size >= Detector.obvious
                || (value >= recognizer.onset && size >= Detector.plausible),
            lasts: size >= 1 || value >= recognizer.release)
    }

    private var recognizer: Recognizer? {
        switch kind {
        case .hardBrake: .brake
        case .hardAcceleration: .acceleration
        case .hardCorner: nil
        }
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
        let sign = kind == .hardBrake ? -1.0 : 1.0
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
