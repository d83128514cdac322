public import Trips

/// A browser that is signed in.
public struct Session: Hashable, Sendable {
    /// The session's own id.
    public var id: String
    /// Who is signed in.
    public var caller: Caller
    /// When it ends, in epoch seconds.
    public var expires: Int64
}

/// A link that shows one trip to whoever has it, until it ends.
public struct ShareGrant: Equatable, Sendable {
    /// The longest that a grant may last, in seconds: 90 days.
    public static let longest: Int64 = 90 * 86_400
    /// The trip.
    public var trip: TripID
    /// When it ends, in epoch seconds.
    public var until: Int64
    /// Who gave it.
    public var by: UserID

    /// A grant.
    public init(trip: TripID, until: Int64, by: UserID) {
        self.trip = trip
        self.until = until
        self.by = by
    }
}
