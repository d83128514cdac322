/// The circle around a user's home, which is hidden from whoever else sees a track.
public struct HomeCircle: Equatable, Hashable, Sendable {
    /// Metres that the radius may have.
    public static let radiusMeters: ClosedRange<Int> = 50...5_000

    /// Latitude of the centre in 1e-7 degree, -900,000,000…900,000,000.
    public var latitudeE7: Int32
    /// Longitude of the centre in 1e-7 degree, -1,800,000,000…1,800,000,000.
    public var longitudeE7: Int32
    /// Radius in metres, as ``radiusMeters-swift.type.property`` allows.
    public var radiusMeters: Int

    /// A circle; the values are not checked.
    public init(latitudeE7: Int32, longitudeE7: Int32, radiusMeters: Int) {
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        self.radiusMeters = radiusMeters
    }

    /// Whether centre and radius are what they may be.
    public var isInRange: Bool {
        PointLimits.latitude.contains(latitudeE7) && PointLimits.longitude.contains(longitudeE7)
            && Self.radiusMeters.contains(radiusMeters)
    }
}
