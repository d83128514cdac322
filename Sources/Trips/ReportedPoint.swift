/// A point of interest that a client reports of a trip; it changes nothing in the score.
public struct ReportedPoint: Equatable, Hashable, Sendable {
    /// The kind of a hard acceleration.
    public static let hardAcceleration: UInt32 = 1
    /// The kind of a hard brake.
    public static let hardBrake: UInt32 = 2

    /// Its name in its trip: reported again, it takes the other's place.
    public var id: ReportID
    /// What it is: ``hardAcceleration``, ``hardBrake``, or whatever the client means.
    public var kind: UInt32
    /// Latitude in 1e-7 degree, -900,000,000…900,000,000.
    public var latitudeE7: Int32
    /// Longitude in 1e-7 degree, -1,800,000,000…1,800,000,000.
    public var longitudeE7: Int32
    /// Event time in milliseconds since 1970-01-01T00:00:00Z, as ``PointLimits/times`` allows.
    public var timeMilliseconds: Int64

    /// A reported point; the values are not checked.
    public init(
        id: ReportID, kind: UInt32, latitudeE7: Int32, longitudeE7: Int32, timeMilliseconds: Int64
    ) {
        self.id = id
        self.kind = kind
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        self.timeMilliseconds = timeMilliseconds
    }

    /// The name of the first value that no sender may send, or nil for a good one.
    public var violation: String? {
        guard PointLimits.times.contains(timeMilliseconds) else { return "time" }
        guard PointLimits.latitude.contains(latitudeE7) else { return "latitude" }
        guard PointLimits.longitude.contains(longitudeE7) else { return "longitude" }
        return nil
    }
}
