import Trips

@testable import Scoring

/// The kernel in the most obvious form: everything from scratch, over plain arrays.
struct ReferenceKernel {
    let rules: RuleSet
    let track: ReferenceTrack
    private var findings: [Finding] = []
    private var maxSpeed = 0.0
    private var disagreements = 0

    /// What the reference says of a trip, in one line an item, as ``describe(_:)`` words it.
    static func describe(_ points: [Point], trip: String, rules: RuleSet) -> [String] {
        var kernel = ReferenceKernel(points, rules: rules)
        return kernel.lines(points, trip: trip)
    }

    private init(_ points: [Point], rules: RuleSet) {
        self.rules = rules
        track = ReferenceTrack(points, rules: rules)
        for stretch in track.stretches where !stretch.isEmpty { watch(ReferenceMotion(stretch)) }
        if rules.method == .secondPairs { findings = Self.secondPairs(points, rules) }
    }

    // MARK: - Manoeuvres

    private mutating func watch(_ motion: ReferenceMotion) {
        for index in motion.seconds.indices {
            maxSpeed = max(maxSpeed, motion.speed(at: index))
            if motion.agrees[index] == false { disagreements += 1 }
        }
        if rules.method == .secondPairs { return }
        watch(motion, .hardBrake, rules.brake)
        watch(motion, .hardAcceleration, rules.acceleration)
        if let corner = rules.corner { watch(motion, .hardCorner, corner) }
    }

    private mutating func watch(
        _ motion: ReferenceMotion, _ kind: Event.Kind, _ threshold: RuleSet.Threshold
    ) {
        let count = motion.seconds.count
        var index = 0
        while index < count {
            let first = verdict(motion, kind, threshold, at: index, peak: 0)
            let isFastEnough =
                kind == .hardAcceleration
                || speedBefore(motion, index) >= Double(rules.minimumSpeedMetersPerHour)
            guard first.begins, isFastEnough else {
                index += 1
                continue
            }
            var peak = first.size
            var end = index + 1
            while end < count {
                let next = verdict(motion, kind, threshold, at: end, peak: peak)
                if !next.lasts { break }
                if abs(next.size) > abs(peak) { peak = next.size }
                end += 1
            }
            conclude(motion, kind, threshold, index..<end, peak: peak)
            // The second that ended a manoeuvre begins no other one of its kind.
            index = end + 1
        }
    }

    private func verdict(
        _ motion: ReferenceMotion, _ kind: Event.Kind, _ threshold: RuleSet.Threshold,
        at index: Int, peak: Double
    ) -> (size: Double, begins: Bool, lasts: Bool) {
        let limit = Double(threshold.moderate) / 1_000
        let release = Double(rules.releasePercent) / 100
        if kind == .hardCorner {
            let isFast = motion.speed(at: index) >= Double(rules.minimumSpeedMetersPerHour)
            let size = isFast ? motion.left[index] / limit : 0
            return (size, abs(size) >= 1, abs(size) >= release && peak * size >= 0)
        }
        let sign = kind == .hardBrake ? -1.0 : 1.0
        if motion.agrees[index] == true {
            let own = motion.vehicleAcceleration(index)
            let size = sign * own / limit
            var isCertain = true
            let second = motion.seconds[index]
            if [second.speedBefore, second.speedAfter].allSatisfy({
                ($0 ?? 0).remainder(dividingBy: 1_000) == 0
            }) {
                let others = [index - 1, index + 1].map { motion.vehicleAcceleration($0) }
                let neighbor = own < 0 ? min(others[0], others[1]) : max(others[0], others[1])
                isCertain =
                    size >= 1 + 0.25 / limit || sign * ((own + neighbor) / 2) >= limit
            }
            return (size, size >= 1 && isCertain, size >= release)
        }
        let speeds = motion.window(index)
        let steep = sign * ((speeds[9] - speeds[7]) / 2) / limit
        var clear = -1.0
        if steep >= release {
            let bends = zip(zip(speeds, speeds[1...]), speeds[2...]).map {
                abs($0.0 + $1 - 2 * $0.1)
            }
            clear = max(-1, steep - (kind == .hardBrake ? 0.75 : 1.5) * bends.sorted()[6] / limit)
        }
        let size = max(sign * motion.acceleration[index] / limit, clear)
        let change = speeds[9] + speeds[10] + speeds[11] - speeds[5] - speeds[6] - speeds[7]
        guard sign * change > 2 else { return (size, clear >= 1, clear >= release) }
        let recognizer: Recognizer = kind == .hardBrake ? .brake : .acceleration
        let value = ReferenceMotion.network(recognizer, speeds, scale: recognizer.limit / limit)
        return (
            size, clear >= 1 || size >= 1.3 || (value >= recognizer.onset && size >= 0.6),
            clear >= release || size >= 1 || value >= recognizer.release
        )
    }

    private func speedBefore(_ motion: ReferenceMotion, _ index: Int) -> Double {
        if motion.agrees[index] == true, let speed = motion.seconds[index].speedBefore {
            return speed
        }
        return max(0, motion.speed(index - 2, index - 1)) * 3_600
    }

    private mutating func conclude(
        _ motion: ReferenceMotion, _ kind: Event.Kind, _ threshold: RuleSet.Threshold,
        _ range: Range<Int>, peak: Double
    ) {
        let sign = kind == .hardBrake ? -1.0 : 1.0
        let first = motion.seconds[range.lowerBound]
        let last = motion.seconds[range.upperBound - 1]
        let positionsBefore = motion.speed(range.lowerBound - 2, range.lowerBound - 1)
        let positionsAfter = motion.speed(range.upperBound, range.upperBound + 1)
        let change = sign * (positionsAfter - positionsBefore)
        let before = Int32(speedBefore(motion, range.lowerBound))
        var after = Int32(max(0, positionsAfter) * 3_600)
        let isVehicles = motion.agrees[range.lowerBound] == true
        if isVehicles, let speed = last.speedAfter, last.speedBefore != nil {
            after = Int32(speed)
            let own = sign * (Double(after - before) / 3_600)
            if kind != .hardCorner, own - change > 3 + 0.3 * own { return }
        } else if kind != .hardCorner, change < 1 {
            return
        }
        let size = (abs(peak) < 1 ? 1 : abs(peak)) * Double(threshold.moderate)
        let isNegative = kind == .hardBrake || (kind == .hardCorner && peak > 0)
        let signed = Int32(isNegative ? -size : size)
        let isSevere = threshold.severe.map { abs(signed) >= $0 } ?? false
        findings.append(
            Finding(
                kind: kind, severity: isSevere ? .severe : .moderate,
                startMilliseconds: first.time - 1_000, endMilliseconds: last.time,
                latitudeE7: first.place.latitudeE7, longitudeE7: first.place.longitudeE7,
                peakMillimetersPerSecond2: signed, speedBeforeMetersPerHour: before,
                speedAfterMetersPerHour: after))
    }

    // MARK: - MyDriving

    private static func secondPairs(_ points: [Point], _ rules: RuleSet) -> [Finding] {
        var seconds: [(start: Int64, place: Point, speeds: [Int64])] = []
        for point in points where point.speedMetersPerHour >= 0 {
            let phase = ((point.timeMilliseconds % 1_000) + 1_000) % 1_000
            let start = point.timeMilliseconds - phase
            if seconds.last?.start != start { seconds.append((start, point, [])) }
            seconds[seconds.count - 1].speeds.append(Int64(point.speedMetersPerHour))
        }
        return zip(seconds, seconds.dropFirst()).compactMap { before, after in
            let (a, b) = (before.speeds.reduce(0, +), after.speeds.reduce(0, +))
            let (m, n) = (Int64(before.speeds.count), Int64(after.speeds.count))
            // a = (b / n - a / m) × 278 / (Δs × 1,000) mm/s² per metre per hour.
            let above = 278 * (b * m - a * n)
            let below = (after.start - before.start) * m * n
            let isBrake = above < 0
            let threshold = isBrake ? rules.brake : rules.acceleration
            guard abs(above) >= Int64(threshold.moderate) * below else { return nil }
            let isSevere = threshold.severe.map { abs(above) >= Int64($0) * below } ?? false
            func mean(_ sum: Int64, _ count: Int64) -> Int32 {
                Int32((2 * sum + count) / (2 * count))
            }
            return Finding(
                kind: isBrake ? .hardBrake : .hardAcceleration,
                severity: isSevere ? .severe : .moderate,
                startMilliseconds: before.start, endMilliseconds: after.start,
                latitudeE7: before.place.latitudeE7, longitudeE7: before.place.longitudeE7,
                peakMillimetersPerSecond2: Int32(above / below),
                speedBeforeMetersPerHour: mean(a, m), speedAfterMetersPerHour: mean(b, n))
        }
    }

    // MARK: - Score

    private mutating func lines(_ points: [Point], trip: String) -> [String] {
        findings.sort {
            $0.startMilliseconds != $1.startMilliseconds
                ? $0.startMilliseconds < $1.startMilliseconds : $0.kind.rawValue < $1.kind.rawValue
        }
        let start = track.readings.first?.timeMilliseconds ?? 0
        let end = track.readings.last?.timeMilliseconds ?? 0
        let distance = Int(track.meters)
        var reason = "-"
        if (track.meters - track.gapMeters) * 100
            < track.meters * Double(rules.limits.minimumCoveragePercent)
            || track.dropped > track.used
        {
            reason = "tooLittleData"
        }
        if end - start < rules.limits.minimumDurationMilliseconds { reason = "tooBrief" }
        if distance < rules.limits.minimumDistanceMeters { reason = "tooShort" }
        if points.isEmpty { reason = "noPoints" }
        let weights = findings.map { finding in
            let own =
                finding.kind == .hardBrake
                ? rules.weights.brake
                : finding.kind == .hardCorner ? rules.weights.corner : rules.weights.acceleration
            return finding.severity == .severe ? own.severe : own.moderate
        }
        let score = reason == "-" ? ReferenceScore.split(distance: distance, weights: weights) : nil
        var problems = track.problems
        if disagreements > 0 { problems["speedDisagrees"] = disagreements }
        let average =
            end > start
            ? min(distance * 3_600_000 / Int(end - start), Int(Int32.max)) : 0
        var lines = [
            "\(start)-\(end) \(distance) m, mean \(average), max \(Int32(maxSpeed))",
            "score \(score.map { "\($0.score)" } ?? "nil") \(reason)",
            "readings \(points.count) used \(track.used) repaired \(track.repaired + disagreements)"
                + " gap \(track.largestGap)",
        ]
        lines += problems.sorted { $0.key < $1.key }.map { "problem \($0.key) \($0.value)" }
        if let score {
            lines.append("breakdown shortDistance - \(score.parts[0])")
            for kind in Event.Kind.allCases {
                let own = findings.indices.filter { findings[$0].kind == kind }
                if own.isEmpty { continue }
                let lost = own.map { score.parts[$0 + 1] }.reduce(0, +)
                lines.append("breakdown \(kind.rawValue) \(own.count) \(lost)")
            }
        }
        for (index, finding) in findings.enumerated() {
            let cost = score.map { $0.parts[index + 1] } ?? 0
            lines.append(
                "event \(trip)-\(finding.kind.rawValue)-\(finding.startMilliseconds) "
                    + "\(finding) \(cost)")
        }
        return lines
    }
}

extension Scorecard {
    /// The same lines for what the product says.
    var lines: [String] {
        var lines = [
            "\(startMilliseconds)-\(endMilliseconds) \(distanceMeters) m, mean "
                + "\(averageSpeedMetersPerHour), max \(maxSpeedMetersPerHour)",
            "score \(score.map { "\($0)" } ?? "nil") \(unscorable?.rawValue ?? "-")",
            "readings \(quality.readings) used \(quality.used) repaired \(quality.repaired)"
                + " gap \(quality.largestGapMilliseconds)",
        ]
        lines += quality.problems.map { "problem \($0.kind.rawValue) \($0.count)" }
        lines += breakdown.map {
            "breakdown \($0.cause) \($0.count.map { "\($0)" } ?? "-") \($0.points)"
        }
        lines += events.map { event in
            let finding = Finding(
                kind: event.kind, severity: event.severity,
                startMilliseconds: event.startMilliseconds, endMilliseconds: event.endMilliseconds,
                latitudeE7: event.latitudeE7, longitudeE7: event.longitudeE7,
                peakMillimetersPerSecond2: event.peakMillimetersPerSecond2,
                speedBeforeMetersPerHour: event.speedBeforeMetersPerHour,
                speedAfterMetersPerHour: event.speedAfterMetersPerHour)
            return "event \(event.id) \(finding) \(event.points)"
        }
        return lines
    }
}
