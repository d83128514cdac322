/// Where a phone's positions are cut into trips.
public struct CutLimits: Equatable, Sendable {
    /// Metres within which a phone has not moved, 1 or more.
    public var stopMeters: Int
    /// How long it has not moved until its trip is over, in milliseconds, 1 or more.
    public var stopMilliseconds: Int64
    /// How long it has said nothing until what it says next is another trip, in milliseconds.
    public var gapMilliseconds: Int64
    /// Milliseconds after which a trip is cut whatever the phone does, below what a trip may last.
    public var spanMilliseconds: Int64 = 86_400_000
    /// Points after which it is cut, below what a trip may have.
    public var points = 50_000
    /// Drives of a phone that are remembered; a position before all of them is in no trip.
    public var drives = 32
    /// Positions at a stop that are kept for the next drive, the last ones first.
    public var waiting = 512

    /// 200 m in 180 s, and 3,600 s, unless said otherwise.
    public init(
        stopMeters: Int = 200, stopMilliseconds: Int64 = 180_000,
        gapMilliseconds: Int64 = 3_600_000
    ) {
        self.stopMeters = stopMeters
        self.stopMilliseconds = stopMilliseconds
        self.gapMilliseconds = gapMilliseconds
    }
}
