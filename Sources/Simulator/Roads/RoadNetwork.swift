/// Junctions and the roads between them: what a simulated fleet drives on.
public struct RoadNetwork: Sendable {
    /// Where roads meet.
    public struct Junction: Sendable {
        /// Where it lies.
        public var place: Vector
        /// Its traffic light, if it has one.
        public var light: TrafficLight?
    }

    /// A light that gives way to one axis and then to the other.
    public struct TrafficLight: Sendable {
        /// Seconds of a whole round.
        public var cycleSeconds: Double
        /// Seconds by which the round is shifted.
        public var offsetSeconds: Double

        /// Whether roads of an axis, 0 or 1, may go at a second: three seconds of each half are
        /// red for both.
        public func isGreen(axis: Int, second: Double) -> Bool {
            var phase = (second + offsetSeconds).truncatingRemainder(dividingBy: cycleSeconds)
            phase -= axis == 0 ? 0 : cycleSeconds / 2
            return phase >= 0 && phase < cycleSeconds / 2 - 3
        }
    }

    /// One direction of a road.
    public struct Road: Sendable {
        /// The junction that it leaves.
        public var from: Int
        /// The junction that it reaches.
        public var to: Int
        /// Its course, both junctions' places included, about every 20 m.
        public var shape: [Vector]
        /// The speed limit in metres a second.
        public var limitMetersPerSecond: Double
        /// Whether it ends at a stop sign.
        public var endsAtStopSign = false
        /// The axis that it belongs to at traffic lights, 0 or 1.
        public var axis = 0
        /// Its length in metres.
        public var length: Double
    }

    /// The junctions.
    public internal(set) var junctions: [Junction] = []
    /// The roads, each direction for itself.
    public internal(set) var roads: [Road] = []
    /// The roads that leave each junction.
    public private(set) var leaving: [[Int]] = []

    init() {}

    mutating func add(_ junction: Junction) -> Int {
        junctions.append(junction)
        leaving.append([])
        return junctions.count - 1
    }

    /// Adds both directions of a road whose course bends towards a control point.
    mutating func connect(
        _ a: Int, _ b: Int, bend: Vector, limit: Double, axis: Int, stops: (atA: Bool, atB: Bool)
    ) {
        let start = junctions[a].place
        let end = junctions[b].place
        let control = Vector.between(start, end, 0.5) + bend
        let parts = max(3, Int(((end - start).length / 20).rounded()))
        let shape = (0...parts).map {
            Vector.curve(start, control, end, Double($0) / Double(parts))
        }
        let length = zip(shape, shape.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0).length }
        let ways = [(a, b, shape, stops.atB), (b, a, Array(shape.reversed()), stops.atA)]
        for (from, to, shape, endsAtStopSign) in ways {
            leaving[from].append(roads.count)
            roads.append(
                Road(
                    from: from, to: to, shape: shape, limitMetersPerSecond: limit,
                    endsAtStopSign: endsAtStopSign, axis: axis, length: length))
        }
    }

    /// The roads of the quickest way between two junctions by their limits, each light or sign
    /// taken for 8 s; nil where there is no way.
    public func route(from start: Int, to goal: Int) -> [Int]? {
        var seconds = Array(repeating: Double.infinity, count: junctions.count)
        var reachedBy = Array(repeating: -1, count: junctions.count)
        var open = Set([start])
        seconds[start] = 0
        // Ties go to the smaller junction: a set has no order that a seed decides.
        while let here = open.min(by: { (seconds[$0], $0) < (seconds[$1], $1) }), here != goal {
            open.remove(here)
            for index in leaving[here] {
                let road = roads[index]
                let waits = road.endsAtStopSign || junctions[road.to].light != nil
                let arrival =
                    seconds[here] + road.length / road.limitMetersPerSecond + (waits ? 8 : 0)
                if arrival < seconds[road.to] {
                    seconds[road.to] = arrival
                    reachedBy[road.to] = index
                    open.insert(road.to)
                }
            }
        }
        guard seconds[goal] < .infinity else { return nil }
        var route: [Int] = []
        var here = goal
        while here != start {
            route.append(reachedBy[here])
            here = roads[reachedBy[here]].from
        }
        return route.reversed()
    }

    /// Whether every junction can be reached from the first.
    public var isConnected: Bool {
        guard !junctions.isEmpty else { return true }
        var seen: Set<Int> = [0]
        var open = [0]
        while let here = open.popLast() {
            for road in leaving[here] where seen.insert(roads[road].to).inserted {
                open.append(roads[road].to)
            }
        }
        return seen.count == junctions.count
    }
}
