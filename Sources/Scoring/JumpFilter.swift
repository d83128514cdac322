internal import Trips

/// Leaves out positions that no vehicle could have reached from those before.
struct JumpFilter: Sendable {
    /// No vehicle goes faster, m/s.
    private static let fastest = 90.0
    /// How far a good position may lie from where the last ones point to, metres, plus …
    private static let tolerance = 8.0
    /// … half of the largest change of velocity times the time squared, m/s².
    private static let halfOfLargestChange = 6.0
    /// So many positions that follow from one another, though not from those before, are believed.
    private static let believedTogether = 3

    private let limits: Limits
    private var grid: Grid
    private var last: Point?
    private var velocity: (east: Double, north: Double)?
    /// Positions that do not follow from `last`, but from one another.
    private var held: [Point] = []

    init(rules: RuleSet) {
        limits = rules.limits
        grid = Grid(rules: rules)
    }

    mutating func absorb(_ point: Point, tally: inout Tally, into findings: inout [Finding]) {
        guard let last else {
            begin(at: point, tally: &tally)
            return
        }
        let step = Geometry.step(from: last, to: point)
        let elapsed = point.timeMilliseconds - last.timeMilliseconds
        if isPossible(step, in: elapsed, at: velocity) {
            drop(tally: &tally)
            follow(point, from: last, step: step, tally: &tally, into: &findings)
            return
        }
        if let before = held.last,
            !isPossible(
                Geometry.step(from: before, to: point),
                in: point.timeMilliseconds - before.timeMilliseconds, at: nil)
        {
            drop(tally: &tally)
        }
        held.append(point)
        if held.count == JumpFilter.believedTogether {
            tally.jumps += 1
            grid.end(tally: &tally, into: &findings)
            tally.settle()
            let believed = held
            held.removeAll(keepingCapacity: true)
            begin(at: believed[0], tally: &tally)
            for (from, to) in zip(believed, believed.dropFirst()) {
                follow(
                    to, from: from, step: Geometry.step(from: from, to: to), tally: &tally,
                    into: &findings)
            }
        }
    }

    mutating func finish(tally: inout Tally, into findings: inout [Finding]) {
        drop(tally: &tally)
        grid.end(tally: &tally, into: &findings)
        tally.settle()
    }

    /// Whether a vehicle that goes at `velocity`, where that is known, can move so in this time.
    private func isPossible(
        _ step: (east: Double, north: Double), in milliseconds: Int64,
        at velocity: (east: Double, north: Double)?
    ) -> Bool {
        let elapsed = Double(milliseconds) / 1_000
        let reach = JumpFilter.fastest * elapsed + JumpFilter.tolerance
        if step.east * step.east + step.north * step.north > reach * reach { return false }
        guard let velocity, milliseconds <= limits.maximumGapMilliseconds else {
            return true
        }
        let east = step.east - velocity.east * elapsed
        let north = step.north - velocity.north * elapsed
        let tolerance =
            JumpFilter.tolerance + JumpFilter.halfOfLargestChange * elapsed * elapsed
        return east * east + north * north <= tolerance * tolerance
    }

    private mutating func drop(tally: inout Tally) {
        if held.isEmpty { return }
        tally.jumps += held.count
        tally.dropped += held.count
        tally.repaired += held.count
        held.removeAll(keepingCapacity: true)
    }

    private mutating func begin(at point: Point, tally: inout Tally) {
        tally.used += 1
        last = point
        velocity = nil
        grid.begin(at: point)
    }

    private mutating func follow(
        _ point: Point, from origin: Point, step: (east: Double, north: Double),
        tally: inout Tally, into findings: inout [Finding]
    ) {
        let milliseconds = point.timeMilliseconds - origin.timeMilliseconds
        let isGap = milliseconds > limits.maximumGapMilliseconds
        tally.used += 1
        tally.largestGapMilliseconds = max(tally.largestGapMilliseconds, milliseconds)
        tally.move(east: step.east, north: step.north, isGap: isGap)
        last = point
        if isGap {
            tally.gaps += 1
            velocity = nil
            grid.end(tally: &tally, into: &findings)
            grid.begin(at: point)
            return
        }
        let elapsed = Double(milliseconds) / 1_000
        let share = min(1, elapsed)
        let old = velocity ?? (step.east / elapsed, step.north / elapsed)
        velocity = (
            old.east + (step.east / elapsed - old.east) * share,
            old.north + (step.north / elapsed - old.north) * share
        )
        grid.move(
            from: origin, to: point, east: step.east, north: step.north, tally: &tally,
            into: &findings)
    }
}
