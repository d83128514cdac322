import Simulator
import Trips

extension Point {
    /// Any point that a sender may send, its readings often missing and often at their bounds.
    static func any(using generator: inout SeededGenerator) -> Point {
        var point = Point(
            sequence: Bool.random(using: &generator)
                ? Point.unnumbered : Int64.random(in: PointLimits.sequence, using: &generator),
            timeMilliseconds: Int64.random(
                in: PointLimits.earliestMilliseconds...PointLimits.latestMilliseconds,
                using: &generator),
            latitudeE7: Int32.random(in: PointLimits.latitude, using: &generator),
            longitudeE7: Int32.random(in: PointLimits.longitude, using: &generator))
        for reading in PointLimits.readings {
            let range = reading.range
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: point[keyPath: reading.field] = range.lowerBound
            case 1: point[keyPath: reading.field] = range.upperBound
            case 2: point[keyPath: reading.field] = Int32.random(in: range, using: &generator)
            default: break
            }
        }
        return point
    }
}
