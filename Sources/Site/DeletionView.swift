internal import Projection
internal import Trips

/// Where and when the log took what a page asked for.
public struct Receipt: Sendable {
    /// The position, as `trip-uploads/3@17`.
    public var position: String
    /// When, in epoch milliseconds.
    public var milliseconds: Int64

    /// A receipt.
    public init(position: String, milliseconds: Int64) {
        self.position = position
        self.milliseconds = milliseconds
    }
}

/// A trip that is to be deleted, or was.
struct DeletionView {
    let path: String
    let id: String
    let name: String?
    let from: Moment
    let facts: String
    /// Where the log has the deletion; empty before.
    let position: String
    let deleted: Moment?

    /// A trip, and the receipt of its deletion.
    init(_ shown: Shown, _ preferences: Preferences, _ receipt: Receipt? = nil) {
        path = "/trips/\(shown.row.trip.rawValue)"
        id = shown.row.trip.rawValue
        name = TripListView.name(shown.message)
        from = Moment(shown.row.sortMilliseconds, .full, in: preferences.zone)
        let distance = Words(units: preferences.units).distance(shown.row.distanceMeters)
        let time = Words.duration(milliseconds: shown.row.durationMilliseconds)
        facts = "\(distance) in \(time)"
        position = receipt?.position ?? ""
        deleted = (receipt?.milliseconds).map { Moment($0, .full, in: preferences.zone) }
    }
}
