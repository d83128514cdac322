internal import Trips

/// What is counted on the way: distance, speed and what was wrong with the data.
struct Tally: Sendable, Equatable {
    var firstMilliseconds: Int64 = 0
    var lastMilliseconds: Int64 = 0
    /// Readings that are not redundant.
    var readings = 0
    var withSpeed = 0
    var used = 0
    var repaired = 0
    var largestGapMilliseconds: Int64 = 0
    var maxSpeedMetersPerHour: Double = 0

    var clockSteps = 0
    var crowded = 0
    var gaps = 0
    var poorAccuracies = 0
    var jumps = 0
    /// Readings whose position no vehicle could have reached, part of ``repaired``.
    var dropped = 0
    var repeats = 0
    var disagreements = 0

    private(set) var meters = 0.0
    /// Of ``meters``, those in gaps.
    private(set) var gapMeters = 0.0
    private var east = 0.0
    private var north = 0.0
    private var highestSequence = Point.unnumbered

    /// A vehicle that stands seems to wander; only so many metres from the last place count.
    private static let wanderingMeters = 10.0

    mutating func note(_ point: Point) {
        if readings == 0 { firstMilliseconds = point.timeMilliseconds }
        lastMilliseconds = point.timeMilliseconds
        readings += 1
        if point.speedMetersPerHour != Point.missing { withSpeed += 1 }
        if point.sequence != Point.unnumbered {
            if point.sequence < highestSequence { clockSteps += 1 }
            highestSequence = max(highestSequence, point.sequence)
        }
    }

    /// Counts a step between two believed positions.
    mutating func move(east: Double, north: Double, isGap: Bool) {
        if isGap { gapMeters += (east * east + north * north).squareRoot() }
        self.east += east
        self.north += north
        let square = self.east * self.east + self.north * self.north
        if square >= Tally.wanderingMeters * Tally.wanderingMeters { settle() }
    }

    /// Adds what is left since the last place that counted.
    mutating func settle() {
        meters += (east * east + north * north).squareRoot()
        east = 0
        north = 0
    }

    /// Every problem that occurred, by kind in alphabetic order.
    var problems: [Quality.Problem] {
        Quality.Kind.allCases.compactMap { kind in
            let count = count(of: kind)
            return count > 0 ? Quality.Problem(kind: kind, count: count) : nil
        }
    }

    private func count(of kind: Quality.Kind) -> Int {
        switch kind {
        case .clockStep: clockSteps
        case .crowdedTime: crowded
        case .gap: gaps
        case .poorAccuracy: poorAccuracies
        case .positionJump: jumps
        case .repeatedPosition: repeats
        case .speedDisagrees: disagreements
        case .speedMissing: withSpeed > 0 ? readings - withSpeed : 0
        }
    }
}
