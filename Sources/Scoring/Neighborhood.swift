internal import Trips

/// Which readings only repeat another one, told from their neighbours in time.
///
/// A reading without any sensor value is redundant if another one at the same position within
/// 100 ms has a sensor value or comes before it in the order of preference. This looks at the
/// readings as they were sent, not at what was concluded about them, so that one more redundant
/// reading never changes what another one is.
enum Neighborhood {
    /// How near in time two readings must be, milliseconds.
    static let reachMilliseconds: Int64 = 100
    /// How many readings on either side are looked at, at most: bounds the work where a sender
    /// puts very many readings into one instant.
    static let reachReadings = 256

    /// How many leading points have all their neighbours among `points`, whatever may follow.
    static func settledCount(of points: Slice<UnsafeBufferPointer<Point>>) -> Int {
        guard let last = points.last else { return 0 }
        let horizon = last.timeMilliseconds - reachMilliseconds
        var count = points.count
        let least = max(0, count - reachReadings)
        while count > least, points[count - 1].timeMilliseconds >= horizon { count -= 1 }
        return count
    }

    /// Whether the reading at `index` only repeats another one.
    static func isRedundant(_ index: Int, in points: UnsafeBufferPointer<Point>) -> Bool {
        let point = points[index]
        if point.hasSensorValue { return false }
        var other = index - 1
        while other >= 0, index - other <= reachReadings,
            point.timeMilliseconds - points[other].timeMilliseconds <= reachMilliseconds
        {
            if points[other].isPreferred(to: point) { return true }
            other -= 1
        }
        other = index + 1
        while other < points.count, other - index <= reachReadings,
            points[other].timeMilliseconds - point.timeMilliseconds <= reachMilliseconds
        {
            if points[other].isPreferred(to: point) { return true }
            other += 1
        }
        return false
    }
}

extension Point {
    var hasSensorValue: Bool {
        speedMetersPerHour != Point.missing || headingCentidegrees != Point.missing
            || altitudeCentimeters != Point.missing || accuracyCentimeters != Point.missing
            || engineCentiRpm != Point.missing || throttleCentipercent != Point.missing
            || engineLoadCentipercent != Point.missing
            || massAirFlowCentigramsPerSecond != Point.missing
            || fuelRateCentilitersPerHour != Point.missing
    }

    func isAtPosition(of other: Point) -> Bool {
        latitudeE7 == other.latitudeE7 && longitudeE7 == other.longitudeE7
    }

    /// Whether this reading makes a bare one beside it redundant: it is at the same position, and
    /// has a sensor value, or the lower sequence, or is nearer to a whole second (which is when
    /// receivers fix a position), or is the earlier one.
    fileprivate func isPreferred(to bare: Point) -> Bool {
        guard isAtPosition(of: bare) else { return false }
        if hasSensorValue { return true }
        if sequence != bare.sequence { return sequence < bare.sequence }
        let (mine, theirs) = (offWholeSecond, bare.offWholeSecond)
        if mine != theirs { return mine < theirs }
        return timeMilliseconds < bare.timeMilliseconds
    }

    private var offWholeSecond: Int64 {
        let phase = timeMilliseconds - timeMilliseconds.flooredToSecond
        return min(phase, 1_000 - phase)
    }
}

extension Int64 {
    /// The last whole second at or before this time in milliseconds, also before 1970.
    var flooredToSecond: Int64 {
        let rest = self % 1_000
        return rest < 0 ? self - rest - 1_000 : self - rest
    }
}
