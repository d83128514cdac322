/// One hard manoeuvre of a trip.
public struct Event: Sendable, Equatable {
    /// What was hard.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        /// Slowing down.
        case hardBrake
        /// Speeding up.
        case hardAcceleration
        /// Turning, as speed times heading rate.
        case hardCorner
    }

    /// How hard it was, by its peak.
    public enum Severity: String, Sendable, Equatable {
        /// At or above the lower limit.
        case moderate
        /// At or above the upper limit.
        case severe
    }

    /// The trip it belongs to.
    public let trip: String
    /// What was hard.
    public let kind: Kind
    /// How hard.
    public let severity: Severity
    /// When it began, milliseconds since 1970.
    public let startMilliseconds: Int64
    /// When it was over, milliseconds since 1970; never before the start.
    public let endMilliseconds: Int64
    /// Where it began, 1e-7 degree.
    public let latitudeE7: Int32
    /// Where it began, 1e-7 degree.
    public let longitudeE7: Int32
    /// Its largest acceleration in mm/s²: negative for brakes and for corners to the left.
    public let peakMillimetersPerSecond2: Int32
    /// Speed when it began, metres per hour.
    public let speedBeforeMetersPerHour: Int32
    /// Speed when it was over, metres per hour.
    public let speedAfterMetersPerHour: Int32
    /// What it costs in the score, points; 0 where the trip has no score.
    public let points: Int

    /// Derived from trip, kind and start, so that it is the same whenever the trip is scored again.
    ///
    /// `<trip>-<kind>-<start in milliseconds>`: safe in a URL if the trip's id is.
    public var id: String { "\(trip)-\(kind.rawValue)-\(startMilliseconds)" }
}
