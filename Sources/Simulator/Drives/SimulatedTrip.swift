public import Trips

/// A drive that never happened, with everything that is true of it.
public struct SimulatedTrip: Equatable, Sendable {
    /// Its id, made of seed, start, driver and number: the same drive has the same id.
    public var id: TripID
    /// Who drove.
    public var user: UserID
    /// How.
    public var temperament: Temperament
    /// Readings in order, numbered from 0, as the phone takes them: with its noise.
    public var points: [Point]
    /// True acceleration in 1/100 m/s² at each point: the mean since the point before, from exact
    /// speeds; 0 at the first.
    public var accelerations: [Int32]
    /// True speed in m/s at each point.
    public var speeds: [Double]
    /// Metres really driven.
    public var distanceMeters: Double
    /// What the phone sends and when, in the order of sending.
    public var uploads: [PlannedUpload]

    /// The true events, as the judge counts them.
    public var events: [JudgedEvent] {
        Judge.truth(
            zip(points, accelerations).map { ($0.timeMilliseconds, Double($1) / 100) })
    }
}

/// One upload that a phone makes.
public struct PlannedUpload: Equatable, Sendable {
    /// When, in the time of the drive: milliseconds since 1970.
    public var dueMilliseconds: Int64
    /// Which of the trip's points, in the order in which they are sent.
    public var indices: [Int]
}
