/// A route as one line with rounded corners: what a driver follows.
struct DrivingPath: Sendable {
    /// A place where the driver may have to stop.
    struct Gate: Sendable {
        /// Metres from the path's beginning.
        var distance: Double
        /// The light, or nil for a stop sign.
        var light: RoadNetwork.TrafficLight?
        /// The axis of the road at the light.
        var axis: Int
    }

    /// The line's vertices.
    private(set) var vertices: [Vector] = []
    /// Metres from the beginning to each vertex.
    private(set) var distances: [Double] = []
    /// The speed limit in metres a second from each vertex on.
    private(set) var limits: [Double] = []
    /// How sharply the line turns at each vertex, in 1/m.
    private(set) var curvatures: [Double] = []
    /// Where to stop, in order.
    private(set) var gates: [Gate] = []

    /// Metres from a junction at which a turn begins and ends.
    private static let cornerMeters = 12.0
    /// Metres before a turn at which the stop line lies.
    private static let stopLineMeters = 2.0

    var length: Double { distances.last ?? 0 }

    init(_ route: [Int], on network: RoadNetwork) {
        for (number, index) in route.enumerated() {
            let road = network.roads[index]
            let isLast = number == route.count - 1
            for vertex in road.shape.dropFirst(number == 0 ? 0 : 1).dropLast() {
                append(vertex, limit: road.limitMetersPerSecond)
            }
            guard let end = road.shape.last else { continue }
            if isLast {
                append(end, limit: road.limitMetersPerSecond)
                continue
            }
            let next = network.roads[route[number + 1]]
            turn(at: end, towards: next.shape[1], road.limitMetersPerSecond)
            let light = network.junctions[road.to].light
            if light != nil || road.endsAtStopSign {
                let start = distances[distances.count - Self.cornerParts - 1]
                gates.append(
                    Gate(distance: start - Self.stopLineMeters, light: light, axis: road.axis))
            }
        }
        measureCurvature()
    }

    private static let cornerParts = 8

    private mutating func append(_ vertex: Vector, limit: Double) {
        let way = vertices.last.map { (vertex - $0).length } ?? 0
        distances.append(length + way)
        vertices.append(vertex)
        limits.append(limit)
    }

    /// Rounds the corner at a junction by a curve from the road before it to the one behind.
    private mutating func turn(at corner: Vector, towards next: Vector, _ limit: Double) {
        let last = vertices.last ?? corner
        let back = last - corner
        let ahead = next - corner
        let radius = min(Self.cornerMeters, back.length * 0.9, ahead.length * 0.45)
        let start = corner + back * (radius / back.length)
        let end = corner + ahead * (radius / ahead.length)
        for part in 0...Self.cornerParts {
            let share = Double(part) / Double(Self.cornerParts)
            append(Vector.curve(start, corner, end, share), limit: limit)
        }
    }

    private mutating func measureCurvature() {
        curvatures = Array(repeating: 0, count: vertices.count)
        guard vertices.count > 2 else { return }
        for index in 1..<(vertices.count - 1) {
            let before = vertices[index] - vertices[index - 1]
            let behind = vertices[index + 1] - vertices[index]
            let bend = (behind * (1 / behind.length) - before * (1 / before.length)).length
            curvatures[index] = bend / ((before.length + behind.length) / 2)
        }
    }

    /// The place at a distance that lies between a vertex and the next.
    func place(at distance: Double, after index: Int) -> Vector {
        guard index + 1 < vertices.count else { return vertices[vertices.count - 1] }
        let way = distances[index + 1] - distances[index]
        return Vector.between(
            vertices[index], vertices[index + 1], (distance - distances[index]) / way)
    }
}
