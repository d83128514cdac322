/// A place in the list of points of interest: after so many of a trip's.
public struct InterestCursor: Equatable, Sendable, CustomStringConvertible {
    /// The trip.
    public var trip: TripCursor
    /// Points of the trip that were listed.
    public var listed: Int

    /// The place after the first `listed` points of `trip`.
    public init(trip: TripCursor, listed: Int) {
        self.trip = trip
        self.listed = listed
    }

    /// Reads what ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        guard let dot = text.firstIndex(of: "."), let listed = Int(text[..<dot]), listed > 0,
            let trip = TripCursor(String(text[text.index(after: dot)...]))
        else { return nil }
        self.init(trip: trip, listed: listed)
    }

    /// The cursor as text that needs no escaping in a URL.
    public var description: String { "\(listed).\(trip)" }
}
