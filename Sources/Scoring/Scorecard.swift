/// What the kernel says of a trip.
public struct Scorecard: Sendable, Equatable {
    /// Why a trip has no score.
    public enum Unscorable: String, Sendable, Equatable {
        /// No point is known.
        case noPoints
        /// Less distance than the rules ask for.
        case tooShort
        /// Less time than the rules ask for.
        case tooBrief
        /// Too much of the way was covered without good readings.
        case tooLittleData
    }

    /// A share of what the score lacks to 100.
    public struct BreakdownItem: Sendable, Equatable {
        /// `shortDistance`, or the kind of event.
        public let cause: String
        /// How many events; nil for `shortDistance`.
        public let count: Int?
        /// Points lost to it.
        public let points: Int
    }

    /// Time of the first reading, milliseconds since 1970; 0 without points.
    public let startMilliseconds: Int64
    /// Time of the last reading, milliseconds since 1970; 0 without points.
    public let endMilliseconds: Int64
    /// Distance driven, whole metres.
    public let distanceMeters: Int
    /// Distance over duration, metres per hour.
    public let averageSpeedMetersPerHour: Int32
    /// The largest speed that the data bear out, metres per hour.
    public let maxSpeedMetersPerHour: Int32
    /// 0…100, higher is better; nil if ``unscorable``.
    public let score: Int?
    /// Why there is no score.
    public let unscorable: Unscorable?
    /// What the score lacks to 100, by cause: `shortDistance` first, then the kinds of events that
    /// occurred. The points add up to 100 − score. Empty without a score.
    public let breakdown: [BreakdownItem]
    /// How good the data were.
    public let quality: Quality
    /// Hard manoeuvres by start, then kind.
    public let events: [Event]
    /// How many of ``events`` are hard brakes.
    public let hardBrakes: Int
    /// How many of ``events`` are hard accelerations.
    public let hardAccelerations: Int
    /// How many of ``events`` are hard corners.
    public let hardCorners: Int
}
