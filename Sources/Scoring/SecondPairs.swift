internal import Trips

/// MyDriving's rule: the average speed of each whole second that has one, compared with that of the
/// last such second before it.
///
/// a = Δv(km/h) × 0.278 / Δs, in exact integers: the averages are kept as sum and count, and both
/// sides of `a >= limit` are multiplied by the counts.
struct SecondPairs: Sendable {
    /// The readings of one second that have a speed.
    private struct Second: Sendable {
        var startMilliseconds: Int64
        var latitudeE7: Int32
        var longitudeE7: Int32
        var sum: Int64
        var count: Int64

        var average: Int32 { Int32((2 * sum + count) / (2 * count)) }
    }

    private let rules: RuleSet
    private var before: Second?
    private var current: Second?

    init(rules: RuleSet) { self.rules = rules }

    mutating func absorb(_ point: Point, into findings: inout [Finding]) {
        guard point.speedMetersPerHour >= 0 else { return }
        let start = point.timeMilliseconds.flooredToSecond
        if current?.startMilliseconds != start {
            compare(into: &findings)
            before = current ?? before
            current = Second(
                startMilliseconds: start, latitudeE7: point.latitudeE7,
                longitudeE7: point.longitudeE7, sum: 0, count: 0
            )
        }
        current?.sum += Int64(point.speedMetersPerHour)
        current?.count += 1
    }

    mutating func finish(into findings: inout [Finding]) {
        compare(into: &findings)
        before = current ?? before
        current = nil
    }

    private func compare(into findings: inout [Finding]) {
        guard let before, let current else { return }
        // Metres per hour and milliseconds: 0.278 / 1,000 × 1,000 mm/m = 278 / 1,000 per second.
        let elapsed = Int128((current.startMilliseconds - before.startMilliseconds) / 1_000)
        let numerator =
            278 * Int128(current.sum * before.count - before.sum * current.count)
        let denominator = 1_000 * elapsed * Int128(before.count * current.count)
        let kind: Event.Kind
        if numerator >= Int128(rules.acceleration.moderate) * denominator {
            kind = .hardAcceleration
        } else if -numerator >= Int128(rules.brake.moderate) * denominator {
            kind = .hardBrake
        } else {
            return
        }
        let threshold = kind == .hardBrake ? rules.brake : rules.acceleration
        let size = Int32((kind == .hardBrake ? -numerator : numerator) / denominator)
        findings.append(
            Finding(
                kind: kind, severity: threshold.severity(ofPeak: size),
                startMilliseconds: before.startMilliseconds,
                endMilliseconds: current.startMilliseconds,
                latitudeE7: before.latitudeE7, longitudeE7: before.longitudeE7,
                peakMillimetersPerSecond2: kind == .hardBrake ? -size : size,
                speedBeforeMetersPerHour: before.average,
                speedAfterMetersPerHour: current.average
            ))
    }
}
