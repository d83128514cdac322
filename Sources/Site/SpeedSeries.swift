internal import Trips

/// The speed at each point of a trip, as its drawing, its chart and its table show it.
struct SpeedSeries {
    /// Time without a reading from which what is in between is not known, in milliseconds.
    static let gapMilliseconds: Int64 = 30_000
    /// Segments that a speed must last to be drawn as one of its own.
    static let steadySegments = 4

    /// How far around a point the way is looked at that gives its speed, in milliseconds.
    static let windowMilliseconds: Int64 = 2_500

    /// When each point was, in epoch milliseconds, in order.
    let times: [Int64]
    /// The speed at each point in metres per hour: the vehicle's own, else from the way between
    /// the points around.
    let speeds: [Int64]

    /// Speeds of points in order.
    ///
    /// - Parameter top: the trip's top speed as it was scored, in metres per hour: what is faster
    ///   was found to be a jump of the position, and shows the speed before. 0 where it is not
    ///   known.
    init(_ points: [Point], top: Int64 = 0) {
        times = points.map(\.timeMilliseconds)
        var last: Int64 = 0
        speeds = points.indices.map { index in
            let speed = Self.speed(at: index, points)
            if top <= 0 || speed <= top { last = speed }
            return last
        }
    }

    /// Whether nothing is known of the time before a point.
    func isGap(before index: Int) -> Bool {
        index > 0 && times[index] - times[index - 1] > Self.gapMilliseconds
    }

    private static func speed(at index: Int, _ points: [Point]) -> Int64 {
        let own = points[index].speedMetersPerHour
        if own != Point.missing { return Int64(own) }
        // Over some time, so that noise does not speckle the line; not across a gap.
        let time = points[index].timeMilliseconds
        var first = index
        while first > 0, time - points[first - 1].timeMilliseconds <= windowMilliseconds {
            first -= 1
        }
        var last = index
        while last < points.count - 1,
            points[last + 1].timeMilliseconds - time <= windowMilliseconds
        {
            last += 1
        }
        if first == last, index > 0, !isApart(index - 1, points) { first = index - 1 }
        let elapsed = points[last].timeMilliseconds - points[first].timeMilliseconds
        guard elapsed > 0 else { return 0 }
        let meters = Geometry.distanceMeters(from: points[first], to: points[last])
        return Int64(min(meters * 3_600_000 / Double(elapsed), 1e9))
    }

    /// Whether there is a gap between a point and the next.
    private static func isApart(_ index: Int, _ points: [Point]) -> Bool {
        points[index + 1].timeMilliseconds - points[index].timeMilliseconds > gapMilliseconds
    }

    /// A stretch of one class: the points from the first to the last.
    struct Run: Equatable {
        /// The class.
        var line: Int
        /// The points, of which neighbours share one with each other.
        var points: ClosedRange<Int>
    }

    /// The whole way in stretches of one class each.
    func runs(_ classes: SpeedClasses) -> [Run] {
        guard times.count > 1 else { return [] }
        var lines = (1..<times.count).map { index in
            isGap(before: index) ? classes.gap : classes.line(of: speeds[index])
        }
        Self.steady(&lines, gap: classes.gap)
        var runs: [Run] = []
        for (index, line) in lines.enumerated() {
            if let last = runs.last, last.line == line {
                runs[runs.count - 1].points = last.points.lowerBound...index + 1
            } else {
                runs.append(Run(line: line, points: index...index + 1))
            }
        }
        return runs
    }

    /// Lets a class begin only where it lasts.
    private static func steady(_ lines: inout [Int], gap: Int) {
        guard var current = lines.first(where: { $0 != gap }) else { return }
        for index in lines.indices where lines[index] != gap && lines[index] != current {
            let end = min(index + steadySegments, lines.count)
            if lines[index..<end].allSatisfy({ $0 == lines[index] }) {
                current = lines[index]
            } else {
                lines[index] = current
            }
        }
    }
}
