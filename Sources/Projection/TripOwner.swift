internal import SQLite
public import Trips

/// Whose a trip is, and whether it still is there.
public struct TripOwner: Equatable, Sendable {
    /// The user who wrote first.
    public var user: String
    /// Whether the trip was deleted.
    public var isDeleted: Bool
}

extension Projection {
    /// Whose a trip is, without reading more of it; nil where nothing is known of it.
    public func owner(of trip: TripID) throws -> TripOwner? {
        try read(.owner) { connection in
            try connection.rows(
                "SELECT user, status FROM trips WHERE id = ?", .text(trip.rawValue)
            ) {
                TripOwner(
                    user: $0.string(0),
                    isDeleted: $0.int64(1) == TripRow.Status.deleted.rawValue)
            }.first
        }
    }
}
