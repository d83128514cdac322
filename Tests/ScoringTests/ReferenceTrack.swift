import Scoring
import Trips

/// The slow way from the points of a trip to unbroken stretches of whole seconds: every step is a
/// pass over a plain array, and nothing is shared with the product.
struct ReferenceTrack {
    struct Second {
        var time: Int64
        var place: Point
        var east: Double
        var north: Double
        var speedBefore: Double?
        var speedAfter: Double?
    }

    var stretches: [[Second]] = []
    var readings: [Point] = []
    var used = 0
    var repaired = 0
    var dropped = 0
    var largestGap: Int64 = 0
    var meters = 0.0
    var gapMeters = 0.0
    var problems: [String: Int] = [:]

    init(_ points: [Point], rules: RuleSet) {
        readings = points.indices.filter { !Self.isRedundant($0, points) }.map { points[$0] }
        countReadings()
        var fixes = readings.filter {
            if $0.accuracyCentimeters <= rules.limits.maximumAccuracyCentimeters { return true }
            problems["poorAccuracy", default: 0] += 1
            return false
        }
        fixes = mergePairs(fixes)
        fixes = leaveOutStale(fixes, gap: rules.limits.maximumGapMilliseconds)
        for jumpless in splitAtJumps(fixes, gap: rules.limits.maximumGapMilliseconds) {
            var wander = (east: 0.0, north: 0.0)
            used += jumpless.count
            for stretch in splitAtGaps(jumpless, &wander, rules.limits.maximumGapMilliseconds) {
                stretches.append(Self.seconds(of: stretch))
            }
            meters += (wander.east * wander.east + wander.north * wander.north).squareRoot()
        }
    }

    // MARK: - Passes

    static func isBare(_ p: Point) -> Bool {
        [
            p.speedMetersPerHour, p.headingCentidegrees, p.altitudeCentimeters,
            p.accuracyCentimeters, p.engineCentiRpm, p.throttleCentipercent,
            p.engineLoadCentipercent, p.massAirFlowCentigramsPerSecond,
            p.fuelRateCentilitersPerHour,
        ].allSatisfy { $0 == Int32.min }
    }

    static func isRedundant(_ index: Int, _ points: [Point]) -> Bool {
        let own = points[index]
        guard isBare(own) else { return false }
        func rank(_ p: Point) -> [Int64] {
            let phase = ((p.timeMilliseconds % 1_000) + 1_000) % 1_000
            return [
                isBare(p) ? 1 : 0, isBare(p) ? p.sequence : 0,
                isBare(p) ? min(phase, 1_000 - phase) : 0, isBare(p) ? p.timeMilliseconds : 0,
            ]
        }
        return points.indices.contains { other in
            other != index && points[other].latitudeE7 == own.latitudeE7
                && points[other].longitudeE7 == own.longitudeE7
                && abs(points[other].timeMilliseconds - own.timeMilliseconds) <= 100
                && rank(points[other]).lexicographicallyPrecedes(rank(own))
        }
    }

    private mutating func countReadings() {
        for (index, point) in readings.enumerated() where point.sequence >= 0 {
            if readings[..<index].contains(where: { $0.sequence > point.sequence }) {
                problems["clockStep", default: 0] += 1
            }
        }
        let silent = readings.count { $0.speedMetersPerHour == Int32.min }
        if silent > 0, silent < readings.count { problems["speedMissing"] = silent }
    }

    private mutating func mergePairs(_ fixes: [Point]) -> [Point] {
        var kept: [Point] = []
        for fix in fixes {
            if let last = kept.last {
                let elapsed = fix.timeMilliseconds - last.timeMilliseconds
                if elapsed <= 100, Self.samePlace(fix, last) {
                    problems["repeatedPosition", default: 0] += 1
                    if last.speedMetersPerHour == Int32.min {
                        kept[kept.count - 1].speedMetersPerHour = fix.speedMetersPerHour
                    }
                    continue
                }
                if elapsed < 50 {
                    problems["crowdedTime", default: 0] += 1
                    continue
                }
            }
            kept.append(fix)
        }
        return kept
    }

    private mutating func leaveOutStale(_ fixes: [Point], gap: Int64) -> [Point] {
        var kept: [Point] = []
        var index = 0
        while index < fixes.count {
            kept.append(fixes[index])
            var end = index + 1
            while end < fixes.count, Self.samePlace(fixes[end], fixes[index]) { end += 1 }
            // Repetitions over more than a gap are standing; what remains of them is looked at again.
            var begin = index + 1
            for place in index + 1..<max(end, index + 1)
            where fixes[place].timeMilliseconds - fixes[begin].timeMilliseconds > gap {
                begin = place + 1
            }
            kept += fixes[(index + 1)..<max(begin, index + 1)]
            let rest = Array(fixes[begin..<max(end, begin)])
            if let last = rest.last, end < fixes.count {
                let elapsed = Double(fixes[end].timeMilliseconds - last.timeMilliseconds) / 1_000
                let (east, north) = Self.step(last, fixes[end])
                if (east * east + north * north).squareRoot() > 6.0 * elapsed {
                    problems["repeatedPosition", default: 0] += rest.count
                    repaired += rest.count
                } else {
                    kept += rest
                }
            } else {
                kept += rest
            }
            index = end
        }
        return kept
    }

    private mutating func splitAtJumps(_ fixes: [Point], gap: Int64) -> [[Point]] {
        var parts: [[Point]] = []
        var held: [Point] = []
        func drop(_ track: inout ReferenceTrack) {
            if held.isEmpty { return }
            track.problems["positionJump", default: 0] += held.count
            track.repaired += held.count
            track.dropped += held.count
            held = []
        }
        for fix in fixes {
            guard let part = parts.last, let last = part.last else {
                parts = [[fix]]
                continue
            }
            if Self.reaches(fix, last, Self.velocity(part, gap), gap) {
                drop(&self)
                parts[parts.count - 1].append(fix)
                continue
            }
            if let before = held.last, !Self.reaches(fix, before, nil, gap) { drop(&self) }
            held.append(fix)
            if held.count == 3 {
                problems["positionJump", default: 0] += 1
                parts.append(held)
                held = []
            }
        }
        drop(&self)
        return parts
    }

    private mutating func splitAtGaps(
        _ fixes: [Point], _ wander: inout (east: Double, north: Double), _ gap: Int64
    ) -> [[Point]] {
        var parts = [[fixes[0]]]
        for (last, fix) in zip(fixes, fixes.dropFirst()) {
            let elapsed = fix.timeMilliseconds - last.timeMilliseconds
            let (east, north) = Self.step(last, fix)
            largestGap = max(largestGap, elapsed)
            if elapsed > gap {
                problems["gap", default: 0] += 1
                gapMeters += (east * east + north * north).squareRoot()
                parts.append([fix])
            } else {
                parts[parts.count - 1].append(fix)
            }
            wander.east += east
            wander.north += north
            let square = wander.east * wander.east + wander.north * wander.north
            if square >= 100 {
                meters += square.squareRoot()
                wander = (0, 0)
            }
        }
        return parts
    }
}

extension ReferenceTrack {
    // MARK: - Geometry

    static func samePlace(_ a: Point, _ b: Point) -> Bool {
        a.latitudeE7 == b.latitudeE7 && a.longitudeE7 == b.longitudeE7
    }

    static func step(_ a: Point, _ b: Point) -> (east: Double, north: Double) {
        let degree = 6_371_008.8 * 3.141_592_653_589_793 / 180 / 1e7
        let middle = (Int64(a.latitudeE7) + Int64(b.latitudeE7)) / 2
        let angle = Double(middle) * (3.141_592_653_589_793 / 180 / 1e7)
        var cosine = 1.0
        for n in [20.0, 18, 16, 14, 12, 10, 8, 6, 4, 2] {
            cosine = 1 - cosine * (angle * angle) / (n * (n - 1))
        }
        var longitude = Int64(b.longitudeE7) - Int64(a.longitudeE7)
        if longitude > 1_800_000_000 { longitude -= 3_600_000_000 }
        if longitude < -1_800_000_000 { longitude += 3_600_000_000 }
        let latitude = Int64(b.latitudeE7) - Int64(a.latitudeE7)
        return (Double(longitude) * degree * cosine, Double(latitude) * degree)
    }

    /// The velocity at the end of a part, each step counting for as much of the last second as it
    /// took.
    private static func velocity(_ part: [Point], _ gap: Int64) -> (Double, Double)? {
        var velocity: (Double, Double)?
        for (a, b) in zip(part, part.dropFirst()) {
            let milliseconds = b.timeMilliseconds - a.timeMilliseconds
            if milliseconds > gap {
                velocity = nil
                continue
            }
            let elapsed = Double(milliseconds) / 1_000
            let (east, north) = step(a, b)
            let own = (east / elapsed, north / elapsed)
            let old = velocity ?? own
            let share = elapsed < 1 ? elapsed : 1
            velocity = (old.0 + (own.0 - old.0) * share, old.1 + (own.1 - old.1) * share)
        }
        return velocity
    }

    private static func reaches(
        _ point: Point, _ origin: Point, _ velocity: (Double, Double)?, _ gap: Int64
    ) -> Bool {
        let elapsed = Double(point.timeMilliseconds - origin.timeMilliseconds) / 1_000
        let (east, north) = step(origin, point)
        let reach = 90 * elapsed + 8
        if east * east + north * north > reach * reach { return false }
        guard let velocity, point.timeMilliseconds - origin.timeMilliseconds <= gap else {
            return true
        }
        let a = east - velocity.0 * elapsed
        let b = north - velocity.1 * elapsed
        let tolerance = 8 + 6 * elapsed * elapsed
        return a * a + b * b <= tolerance * tolerance
    }

    // MARK: - Seconds

    private static func seconds(of fixes: [Point]) -> [Second] {
        guard let first = fixes.first, let last = fixes.last else { return [] }
        let count = Int((last.timeMilliseconds - first.timeMilliseconds) / 1_000)
        return (0..<count).map { index in
            let begin = first.timeMilliseconds + Int64(index) * 1_000
            let end = begin + 1_000
            var second = Second(
                time: end, place: first, east: 0, north: 0, speedBefore: speed(at: begin, fixes),
                speedAfter: speed(at: end, fixes))
            for fix in fixes where fix.timeMilliseconds <= end { second.place = fix }
            for (a, b) in zip(fixes, fixes.dropFirst()) {
                let from = max(begin, a.timeMilliseconds)
                let to = min(end, b.timeMilliseconds)
                if from >= to { continue }
                let elapsed = Double(b.timeMilliseconds - a.timeMilliseconds)
                let (east, north) = step(a, b)
                second.east += east * (Double(to - from) / elapsed)
                second.north += north * (Double(to - from) / elapsed)
            }
            return second
        }
    }

    private static func speed(at time: Int64, _ fixes: [Point]) -> Double? {
        for (index, fix) in fixes.enumerated() {
            let own = fix.speedMetersPerHour
            if fix.timeMilliseconds == time { return own == Int32.min ? nil : Double(own) }
            guard fix.timeMilliseconds > time else { continue }
            let before = fixes[index - 1]
            guard own != Int32.min, before.speedMetersPerHour != Int32.min else { return nil }
            let share =
                Double(time - before.timeMilliseconds)
                / Double(fix.timeMilliseconds - before.timeMilliseconds)
            return Double(before.speedMetersPerHour) + Double(own - before.speedMetersPerHour)
                * share
        }
        return nil
    }
}
