public import Trips

/// What a body said: its good points, and what was wrong with the others.
public struct UploadBody: Equatable, Sendable {
    /// Who writes, where the body says so.
    public var user: UserID?
    /// The trip's name from now on, where given.
    public var name: String?
    /// The vehicle's identification number from now on, where given.
    public var vin: String?
    /// The good points, in the order in which they came.
    public var points: [Point] = []
    /// Points that were not taken.
    public var rejected: PointRemarks
    /// Readings that were dropped from good points.
    public var warnings: PointRemarks

    /// Nothing yet.
    init(limits: GatewayLimits) {
        rejected = PointRemarks(limit: limits.remarks)
        warnings = PointRemarks(limit: limits.remarks)
    }
}
