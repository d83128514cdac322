internal import Trips

/// The state of the kernel after some points of a trip.
///
/// Without references, so that a copy is a checkpoint. Points pass the ``Track``, which believes
/// some of them, and the believed ones move the ``Grid``, whose whole seconds the detectors see.
struct Fold: Sendable {
    private(set) var tally = Tally()
    private var track: Track
    private var pairs: SecondPairs?

    init(rules: RuleSet) {
        track = Track(rules: rules)
        if rules.method == .secondPairs { pairs = SecondPairs(rules: rules) }
    }

    /// Takes the points from `start` up to `end`, seeing also those around them.
    mutating func absorb(
        _ points: UnsafeBufferPointer<Point>, from start: Int, to end: Int,
        into findings: inout [Finding]
    ) {
        for index in start..<end {
            pairs?.absorb(points[index], into: &findings)
            guard !Neighborhood.isRedundant(index, in: points) else { continue }
            tally.note(points[index])
            track.absorb(points[index], tally: &tally, into: &findings)
        }
    }

    /// Draws the conclusions that waited for later points.
    mutating func finish(into findings: inout [Finding]) {
        pairs?.finish(into: &findings)
        track.finish(tally: &tally, into: &findings)
    }
}
