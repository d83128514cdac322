/// Watches the seconds of one stretch after another for hard manoeuvres.
struct Detection: Sendable {
    private var stretch = Stretch()
    /// Seconds of the stretch that have been judged.
    private var judged = 0
    private var brake: Detector
    private var acceleration: Detector
    private var corner: Detector?
    /// Whether events are found elsewhere, and only speeds wanted here.
    private let isIdle: Bool

    init(rules: RuleSet) {
        brake = Detector(kind: .hardBrake, threshold: rules.brake, rules: rules)
        acceleration = Detector(
            kind: .hardAcceleration, threshold: rules.acceleration, rules: rules)
        corner = rules.corner.map { Detector(kind: .hardCorner, threshold: $0, rules: rules) }
        isIdle = rules.method == .secondPairs
    }

    mutating func append(_ cell: Cell, tally: inout Tally, into findings: inout [Finding]) {
        stretch.append(cell)
        if stretch.directed - judged > Motion.reach { judge(tally: &tally, into: &findings) }
    }

    mutating func end(tally: inout Tally, into findings: inout [Finding]) {
        stretch.complete()
        while judged < stretch.count { judge(tally: &tally, into: &findings) }
        brake.end(at: judged, of: stretch, into: &findings)
        acceleration.end(at: judged, of: stretch, into: &findings)
        corner?.end(at: judged, of: stretch, into: &findings)
        stretch.clear()
        judged = 0
    }

    private mutating func judge(tally: inout Tally, into findings: inout [Finding]) {
        let motion = Motion(at: judged, of: stretch)
        if motion.contradicts {
            tally.disagreements += 1
            tally.repaired += 1
        }
        tally.maxSpeedMetersPerHour = max(tally.maxSpeedMetersPerHour, motion.metersPerHour)
        if !isIdle {
            brake.absorb(motion, at: judged, of: stretch, into: &findings)
            acceleration.absorb(motion, at: judged, of: stretch, into: &findings)
            corner?.absorb(motion, at: judged, of: stretch, into: &findings)
        }
        judged += 1
    }
}
