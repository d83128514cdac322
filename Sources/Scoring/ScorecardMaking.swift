extension Scorecard {
    /// The scorecard of a trip from what was counted and found.
    init(trip: String, rules: RuleSet, tally: Tally, findings: [Finding], readings: Int) {
        let distance = Int(tally.meters)
        let duration = tally.lastMilliseconds - tally.firstMilliseconds
        let unscorable = Unscorable(
            limits: rules.limits, tally: tally, distance: distance, duration: duration)
        let ordered = findings.sorted {
            ($0.startMilliseconds, $0.kind.rawValue) < ($1.startMilliseconds, $1.kind.rawValue)
        }
        let score =
            unscorable == nil
            ? Score(
                distanceMeters: distance,
                weights: ordered.map { rules.weights.halves($0.kind, $0.severity) }) : nil
        let events = ordered.indices.map {
            Event(ordered[$0], trip: trip, points: score?.costs[$0] ?? 0)
        }
        func count(_ kind: Event.Kind) -> Int { events.count { $0.kind == kind } }

        startMilliseconds = tally.firstMilliseconds
        endMilliseconds = tally.lastMilliseconds
        distanceMeters = distance
        averageSpeedMetersPerHour =
            duration > 0 ? Int32(clamping: distance * 3_600_000 / Int(duration)) : 0
        maxSpeedMetersPerHour = Int32(tally.maxSpeedMetersPerHour)
        self.score = score?.points
        self.unscorable = unscorable
        breakdown = score.map { Scorecard.breakdown($0, events) } ?? []
        quality = Quality(
            readings: readings, used: tally.used, repaired: tally.repaired,
            largestGapMilliseconds: tally.largestGapMilliseconds, problems: tally.problems)
        self.events = events
        hardBrakes = count(.hardBrake)
        hardAccelerations = count(.hardAcceleration)
        hardCorners = count(.hardCorner)
    }

    private static func breakdown(_ score: Score, _ events: [Event]) -> [BreakdownItem] {
        let kinds: [BreakdownItem] = Event.Kind.allCases.compactMap { kind in
            let own = events.filter { $0.kind == kind }
            if own.isEmpty { return nil }
            let points = own.reduce(0) { $0 + $1.points }
            return BreakdownItem(cause: kind.rawValue, count: own.count, points: points)
        }
        return [BreakdownItem(cause: "shortDistance", count: nil, points: score.allowance)] + kinds
    }
}

extension Scorecard.Unscorable {
    /// The first reason why a trip has no score, if there is one.
    fileprivate init?(limits: Limits, tally: Tally, distance: Int, duration: Int64) {
        if tally.readings == 0 {
            self = .noPoints
        } else if distance < limits.minimumDistanceMeters {
            self = .tooShort
        } else if duration < limits.minimumDurationMilliseconds {
            self = .tooBrief
        } else if (tally.meters - tally.gapMeters) * 100
            < tally.meters * Double(limits.minimumCoveragePercent)
            || tally.dropped > tally.used
        {
            self = .tooLittleData
        } else {
            return nil
        }
    }
}

extension Event {
    fileprivate init(_ finding: Finding, trip: String, points: Int) {
        self.trip = trip
        kind = finding.kind
        severity = finding.severity
        startMilliseconds = finding.startMilliseconds
        endMilliseconds = finding.endMilliseconds
        latitudeE7 = finding.latitudeE7
        longitudeE7 = finding.longitudeE7
        peakMillimetersPerSecond2 = finding.peakMillimetersPerSecond2
        speedBeforeMetersPerHour = finding.speedBeforeMetersPerHour
        speedAfterMetersPerHour = finding.speedAfterMetersPerHour
        self.points = points
    }
}
