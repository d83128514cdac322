/// The mean of a user's trip scores weighted by distance, newest trips first until 1,000 km are
/// reached; the trip that crosses the limit counts whole.
public struct UserRating: Equatable, Sendable {
    /// Metres beyond which older trips no longer count.
    public static let limitMeters: Int64 = 1_000_000
    private var weighted: Int64 = 0
    private var distance: Int64 = 0

    /// No trips.
    public init() {}

    /// Whether older trips no longer count.
    public var isFull: Bool { distance >= Self.limitMeters }

    /// Takes the next older trip that has a score.
    public mutating func add(score: Int64, distanceMeters: Int64) {
        guard !isFull else { return }
        weighted += score * distanceMeters
        distance += distanceMeters
    }

    /// The rating in tenths of a point, 0…1,000, halves rounded up; nil without a scored trip.
    public var tenths: Int64? {
        distance > 0 ? (20 * weighted + distance) / (2 * distance) : nil
    }
}
