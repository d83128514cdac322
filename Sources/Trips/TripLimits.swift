/// How large a trip may become.
public struct TripLimits: Equatable, Sendable {
    /// Points that a trip may have.
    public var points: Int
    /// Milliseconds from a trip's first to its last point.
    public var spanMilliseconds: Int64
    /// Points of a trip that may be corrected or removed, by their identities.
    public var edits: Int
    /// Events that a trip's record lists; further ones count, and are named as left out.
    public static let listedEvents = 3_000

    /// 100,000 points in 7 days and 10,000 edits, unless said otherwise.
    public init(
        points: Int = 100_000, spanMilliseconds: Int64 = 7 * 86_400_000, edits: Int = 10_000
    ) {
        self.points = points
        self.spanMilliseconds = spanMilliseconds
        self.edits = edits
    }
}
