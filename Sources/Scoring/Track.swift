internal import Trips

/// Decides which readings are believed as positions of the vehicle.
///
/// Three things are sorted out, one after the other: readings at practically one time become one;
/// positions that were only reported again while the vehicle went on are left out; and so are
/// positions that no vehicle could have reached. What is left moves the grid.
struct Track: Sendable {
    /// Readings this near at one position are one reading, milliseconds.
    private static let sameReadingMilliseconds: Int64 = 100
    /// Of readings nearer than this the first is used, milliseconds.
    private static let crowdedMilliseconds: Int64 = 50
    /// A vehicle that really stood leaves no faster than this, m/s.
    private static let fastestStart = 6.0

    private let limits: Limits
    private var jumps: JumpFilter
    /// The reading that the next one may still add a speed to.
    private var current: Point?
    /// The last reading whose position was new, already passed on.
    private var moved: Point?
    /// Readings at the position of `moved`: standing, or stale.
    private var repeats: [Point] = []

    init(rules: RuleSet) {
        limits = rules.limits
        jumps = JumpFilter(rules: rules)
    }

    mutating func absorb(_ point: Point, tally: inout Tally, into findings: inout [Finding]) {
        if point.accuracyCentimeters > limits.maximumAccuracyCentimeters {
            tally.poorAccuracies += 1
            return
        }
        if let current {
            let elapsed = point.timeMilliseconds - current.timeMilliseconds
            if elapsed <= Track.sameReadingMilliseconds, point.isAtPosition(of: current) {
                tally.repeats += 1
                if current.speedMetersPerHour == Point.missing {
                    self.current?.speedMetersPerHour = point.speedMetersPerHour
                }
                return
            }
            if elapsed < Track.crowdedMilliseconds {
                tally.crowded += 1
                return
            }
            sortOutRepeats(current, tally: &tally, into: &findings)
        }
        current = point
    }

    mutating func finish(tally: inout Tally, into findings: inout [Finding]) {
        if let current { sortOutRepeats(current, tally: &tally, into: &findings) }
        current = nil
        believeRepeats(tally: &tally, into: &findings)
        jumps.finish(tally: &tally, into: &findings)
    }

    private mutating func sortOutRepeats(
        _ point: Point, tally: inout Tally, into findings: inout [Finding]
    ) {
        if let moved, point.isAtPosition(of: moved) {
            let start = repeats.first?.timeMilliseconds ?? point.timeMilliseconds
            repeats.append(point)
            if point.timeMilliseconds - start > limits.maximumGapMilliseconds {
                believeRepeats(tally: &tally, into: &findings)
            }
            return
        }
        if let last = repeats.last {
            let elapsed = Double(point.timeMilliseconds - last.timeMilliseconds) / 1_000
            if Geometry.distanceMeters(from: last, to: point) > Track.fastestStart * elapsed {
                tally.repeats += repeats.count
                tally.repaired += repeats.count
                repeats.removeAll(keepingCapacity: true)
            } else {
                believeRepeats(tally: &tally, into: &findings)
            }
        }
        moved = point
        jumps.absorb(point, tally: &tally, into: &findings)
    }

    private mutating func believeRepeats(tally: inout Tally, into findings: inout [Finding]) {
        for point in repeats { jumps.absorb(point, tally: &tally, into: &findings) }
        repeats.removeAll(keepingCapacity: true)
    }
}
