/// The ranges in which a point's values must lie.
public enum PointLimits {
    /// 2000-01-01T00:00:00Z, in milliseconds: no phone streamed a trip before.
    public static let earliestMilliseconds: Int64 = 946_684_800_000
    /// 2200-01-01T00:00:00Z, in milliseconds.
    public static let latestMilliseconds: Int64 = 7_258_118_400_000
    /// Event times that a consumer takes, in milliseconds; no clock is needed to tell.
    public static let times = earliestMilliseconds...latestMilliseconds
    /// How far ahead of the gateway's clock a point's time may be, in milliseconds: a day.
    public static let aheadMilliseconds: Int64 = 86_400_000
    /// Sequence numbers, whole and exact in every JSON reader.
    public static let sequence: ClosedRange<Int64> = 0...9_007_199_254_740_991
    /// Latitude in 1e-7 degree.
    public static let latitude: ClosedRange<Int32> = -900_000_000...900_000_000
    /// Longitude in 1e-7 degree.
    public static let longitude: ClosedRange<Int32> = -1_800_000_000...1_800_000_000
    /// The optional readings, each with its name in `/v1`, its field and its range.
    public static let readings: [Reading] = [
        Reading("speedMps", \.speedMetersPerHour, 0...500_000, unit: 3_600),
        Reading("headingDegrees", \.headingCentidegrees, 0...35_999, unit: 100),
        Reading("altitudeMeters", \.altitudeCentimeters, -100_000...1_500_000, unit: 100),
        Reading("accuracyMeters", \.accuracyCentimeters, 0...10_000_000, unit: 100),
        Reading("engineRpm", \.engineCentiRpm, 0...2_000_000, unit: 100),
        Reading("throttlePercent", \.throttleCentipercent, 0...10_000, unit: 100),
        Reading("engineLoadPercent", \.engineLoadCentipercent, 0...10_000, unit: 100),
        Reading(
            "massAirFlowGramsPerSecond", \.massAirFlowCentigramsPerSecond, 0...65_535, unit: 100),
        Reading(
            "fuelRateLitersPerHour", \.fuelRateCentilitersPerHour, 0...321_275, unit: 100),
    ]

    /// One optional reading of a point.
    public struct Reading: Sendable {
        /// Its name in `/v1`.
        public let name: String
        /// Where it stands in a point.
        public let field: any (WritableKeyPath<Point, Int32> & Sendable)
        /// What it may be, in scaled units.
        public let range: ClosedRange<Int32>
        /// Scaled units in one unit of `/v1`.
        public let unit: Int32

        init(
            _ name: String, _ field: any (WritableKeyPath<Point, Int32> & Sendable),
            _ range: ClosedRange<Int32>, unit: Int32
        ) {
            self.name = name
            self.field = field
            self.range = range
            self.unit = unit
        }
    }

    /// The name of the first value of a point that no sender may send, or nil for a good point.
    ///
    /// This is what a consumer checks, without a clock; the gateway also refuses times that are
    /// ahead of its own.
    public static func violation(in point: Point) -> String? {
        guard times.contains(point.timeMilliseconds) else { return "time" }
        guard latitude.contains(point.latitudeE7) else { return "latitude" }
        guard longitude.contains(point.longitudeE7) else { return "longitude" }
        guard point.sequence == Point.unnumbered || sequence.contains(point.sequence)
        else { return "sequence" }
        func isBad(_ value: Int32, _ range: ClosedRange<Int32>) -> Bool {
            value != Point.missing && !range.contains(value)
        }
        if isBad(point.speedMetersPerHour, 0...500_000) { return "speedMps" }
        if isBad(point.headingCentidegrees, 0...35_999) { return "headingDegrees" }
        if isBad(point.altitudeCentimeters, -100_000...1_500_000) { return "altitudeMeters" }
        if isBad(point.accuracyCentimeters, 0...10_000_000) { return "accuracyMeters" }
        if isBad(point.engineCentiRpm, 0...2_000_000) { return "engineRpm" }
        if isBad(point.throttleCentipercent, 0...10_000) { return "throttlePercent" }
        if isBad(point.engineLoadCentipercent, 0...10_000) { return "engineLoadPercent" }
        if isBad(point.massAirFlowCentigramsPerSecond, 0...65_535) {
            return "massAirFlowGramsPerSecond"
        }
        if isBad(point.fuelRateCentilitersPerHour, 0...321_275) { return "fuelRateLitersPerHour" }
        return nil
    }
}
