/// One reading of a trip: where the vehicle was at a time, and what its sensors said.
///
/// Every field is a scaled integer, so that a point has one encoding and comparing two points is
/// exact. A sensor that said nothing holds ``Point/missing``. Values are in range once a point has
/// passed ``PointLimits``; the struct itself does not check.
public struct Point: Equatable, Hashable, Sendable {
    /// The value of a sensor that said nothing.
    public static let missing = Int32.min
    /// The value of ``sequence`` where the sender numbers nothing.
    public static let unnumbered: Int64 = -1

    /// The sender's number for this reading, 0 or more, or ``unnumbered``.
    public var sequence: Int64
    /// Event time in milliseconds since 1970-01-01T00:00:00Z.
    public var timeMilliseconds: Int64
    /// Latitude in 1e-7 degree, -900,000,000…900,000,000.
    public var latitudeE7: Int32
    /// Longitude in 1e-7 degree, -1,800,000,000…1,800,000,000.
    public var longitudeE7: Int32
    /// The vehicle's own speed in metres per hour, 0…500,000, or ``missing``.
    public var speedMetersPerHour: Int32
    /// Heading in 1/100 degree clockwise from north, 0…35,999, or ``missing``.
    public var headingCentidegrees: Int32
    /// Altitude in centimetres above the ellipsoid, -100,000…1,500,000, or ``missing``.
    public var altitudeCentimeters: Int32
    /// Radius of the position's 68 % circle in centimetres, 0…10,000,000, or ``missing``.
    public var accuracyCentimeters: Int32
    /// Engine speed in 1/100 revolution per minute, 0…2,000,000, or ``missing``.
    public var engineCentiRpm: Int32
    /// Throttle position in 1/100 per cent, 0…10,000, or ``missing``.
    public var throttleCentipercent: Int32
    /// Engine load in 1/100 per cent, 0…10,000, or ``missing``.
    public var engineLoadCentipercent: Int32
    /// Mass air flow in 1/100 gram per second, 0…65,535, or ``missing``.
    public var massAirFlowCentigramsPerSecond: Int32
    /// Fuel rate in 1/100 litre per hour, 0…321,275, or ``missing``.
    public var fuelRateCentilitersPerHour: Int32

    /// A point without sensor readings.
    public init(
        sequence: Int64 = Point.unnumbered,
        timeMilliseconds: Int64,
        latitudeE7: Int32,
        longitudeE7: Int32,
        speedMetersPerHour: Int32 = Point.missing
    ) {
        self.sequence = sequence
        self.timeMilliseconds = timeMilliseconds
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        self.speedMetersPerHour = speedMetersPerHour
        headingCentidegrees = Point.missing
        altitudeCentimeters = Point.missing
        accuracyCentimeters = Point.missing
        engineCentiRpm = Point.missing
        throttleCentipercent = Point.missing
        engineLoadCentipercent = Point.missing
        massAirFlowCentigramsPerSecond = Point.missing
        fuelRateCentilitersPerHour = Point.missing
    }
}
