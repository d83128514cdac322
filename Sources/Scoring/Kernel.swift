public import Trips

/// The kernel on one trip: points in, scorecard out.
///
/// A fold over the points in order, with a look-ahead of some 10 s and a checkpoint every
/// ``checkpointSpacing`` points to run again from when an earlier point changes.
public struct Kernel: Sendable {
    /// Points between checkpoints.
    static let checkpointSpacing = 1_024

    /// The state after the points before `index`.
    private struct Checkpoint {
        var index = 0
        var fold: Fold
        var findings = 0
    }

    private let trip: String
    private let rules: RuleSet
    private var checkpoints: [Checkpoint]
    private var settled: Checkpoint
    private var findings: [Finding] = []
    /// What the points of the last update say of the trip: a function of these points and the
    /// rules alone, whatever way the points came.
    public private(set) var scorecard: Scorecard

    /// A kernel that knows no point yet.
    public init(trip: String, rules: RuleSet) {
        self.trip = trip
        self.rules = rules
        settled = Checkpoint(fold: Fold(rules: rules))
        checkpoints = [settled]
        scorecard = Scorecard(trip: trip, rules: rules, tally: Tally(), findings: [], readings: 0)
    }

    /// Brings the scorecard up to these points.
    ///
    /// - Parameters:
    ///   - points: Every point of the trip, ordered by time, then sequence.
    ///   - firstChanged: The points before this index are as they were at the last call. May be
    ///     `points.count` if only later ones went away.
    public mutating func update(points: [Point], firstChanged: Int) {
        precondition((0...points.count).contains(firstChanged))
        points.withUnsafeBufferPointer { buffer in
            rewind(to: Neighborhood.settledCount(of: buffer.prefix(firstChanged)))
            advance(over: buffer, to: Neighborhood.settledCount(of: buffer[...]))
            var rest = settled
            var all = findings
            rest.fold.absorb(buffer, from: rest.index, to: buffer.count, into: &all)
            rest.fold.finish(into: &all)
            scorecard = Scorecard(
                trip: trip, rules: rules, tally: rest.fold.tally, findings: all,
                readings: buffer.count
            )
        }
    }

    private mutating func rewind(to index: Int) {
        guard settled.index > index else { return }
        while let last = checkpoints.last, last.index > index { checkpoints.removeLast() }
        settled = checkpoints[checkpoints.count - 1]
        findings.removeSubrange(settled.findings...)
    }

    private mutating func advance(over points: UnsafeBufferPointer<Point>, to end: Int) {
        while settled.index < end {
            let next = min(
                end, (checkpoints[checkpoints.count - 1].index + Kernel.checkpointSpacing))
            settled.fold.absorb(points, from: settled.index, to: next, into: &findings)
            settled.index = next
            settled.findings = findings.count
            if next == checkpoints[checkpoints.count - 1].index + Kernel.checkpointSpacing {
                checkpoints.append(settled)
            }
        }
    }
}
