internal import Trips

/// A track on a flat drawing, north up: lines by class of speed, and the length of a scale bar.
struct TrackDrawing {
    /// Corners that all lines together have at most.
    static let cornerLimit = 2_500
    /// Time without a reading from which the way in between is drawn as unknown, in milliseconds.
    static let gapMilliseconds: Int64 = 30_000
    /// Segments that a speed must last to be drawn as one of its own.
    static let steadySegments = 4
    /// Upper bounds of the classes of speed but the last, in metres per hour.
    static let classBounds: [Int64] = [10_000, 30_000, 50_000, 80_000]
    /// What the classes are called.
    static let classNames = [
        "below 10 km/h", "10–30 km/h", "30–50 km/h", "50–80 km/h", "80 km/h and more",
    ]

    /// Width of the drawing in its own units.
    static let width = 1_000.0
    private static let margin = 60.0

    /// Height of the drawing in its own units.
    let height: Double
    /// For each class of speed, and last for gaps, the lines as an SVG path; empty where none is.
    let paths: [String]
    /// The scale bar: its length on the ground in metres, and in units of the drawing.
    let scale: (meters: Int, units: Double)
    /// Where the track begins and ends.
    let ends: (first: Place, last: Place)
    private let origin: Point
    private let eastScale: Double
    private let unitsPerMeter: Double
    private let shift: Place

    /// A drawing of points in order; nil without any.
    init?(_ points: [Point]) {
        guard let origin = points.first else { return nil }
        self.origin = origin
        let eastScale = Geometry.cosine(latitudeE7: origin.latitudeE7)
        self.eastScale = eastScale
        let flat = points.map {
            Self.flat($0.latitudeE7, $0.longitudeE7, origin: origin, eastScale: eastScale)
        }
        let left = flat.reduce(0) { min($0, $1.x) }
        let right = flat.reduce(0) { max($0, $1.x) }
        let top = flat.reduce(0) { min($0, $1.y) }
        let bottom = flat.reduce(0) { max($0, $1.y) }
        // A trip that hardly moves is not blown up beyond 50 m a drawing.
        let wide = max(right - left, 50)
        let high = max(bottom - top, 50)
        let room = Self.width - 2 * Self.margin
        unitsPerMeter = min(room / wide, room / high)
        height = max(high * unitsPerMeter + 2 * Self.margin, 420).rounded(.up)
        shift = Place(
            x: (Self.width - (left + right) * unitsPerMeter) / 2,
            y: (height - (top + bottom) * unitsPerMeter) / 2)
        let unit = unitsPerMeter
        let move = shift
        let places = flat.map { Place(x: $0.x * unit + move.x, y: $0.y * unit + move.y) }
        ends = (places[0], places[places.count - 1])
        scale = Self.scaleBar(unitsPerMeter: unitsPerMeter)
        paths = Self.paths(places, runs: Self.runs(points))
    }

    /// Where a position lies on the drawing.
    func place(latitudeE7: Int32, longitudeE7: Int32) -> Place {
        let flat = Self.flat(latitudeE7, longitudeE7, origin: origin, eastScale: eastScale)
        return Place(
            x: flat.x * unitsPerMeter + shift.x, y: flat.y * unitsPerMeter + shift.y)
    }

    /// Metres east and south of the origin.
    private static func flat(
        _ latitudeE7: Int32, _ longitudeE7: Int32, origin: Point, eastScale: Double
    ) -> Place {
        var longitude = Int64(longitudeE7) - Int64(origin.longitudeE7)
        if longitude > 1_800_000_000 { longitude -= 3_600_000_000 }
        if longitude < -1_800_000_000 { longitude += 3_600_000_000 }
        let latitude = Int64(latitudeE7) - Int64(origin.latitudeE7)
        return Place(
            x: Double(longitude) * Geometry.metersPerE7 * eastScale,
            y: -Double(latitude) * Geometry.metersPerE7)
    }

    /// A round length of at most a quarter of the width.
    private static func scaleBar(unitsPerMeter: Double) -> (meters: Int, units: Double) {
        let longest = width / 4 / unitsPerMeter
        var best = 1
        var power = 1
        while power < 10_000_000 {
            for factor in [1, 2, 5] where Double(factor * power) <= longest {
                best = factor * power
            }
            power *= 10
        }
        return (best, Double(best) * unitsPerMeter)
    }

    /// A stretch of segments of one class: the points from the first to the last.
    private struct Run {
        var line: Int
        var points: ClosedRange<Int>
    }

    private static func runs(_ points: [Point]) -> [Run] {
        var lines = (1..<max(points.count, 1)).map { line(of: $0, points) }
        steady(&lines)
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

    /// The class of the segment that ends at a point; one after the last for a gap.
    private static func line(of index: Int, _ points: [Point]) -> Int {
        let time = points[index].timeMilliseconds - points[index - 1].timeMilliseconds
        if time > gapMilliseconds { return classBounds.count + 1 }
        let speed: Int64
        if points[index].speedMetersPerHour != Point.missing {
            speed = Int64(points[index].speedMetersPerHour)
        } else {
            // Over a few points, so that noise does not speckle the line.
            let first = points[max(0, index - 3)]
            let last = points[min(points.count - 1, index + 2)]
            let elapsed = max(last.timeMilliseconds - first.timeMilliseconds, 1)
            let meters = Geometry.distanceMeters(from: first, to: last)
            speed = Int64(min(meters * 3_600_000 / Double(elapsed), 1e9))
        }
        return classBounds.firstIndex { speed < $0 } ?? classBounds.count
    }

    /// Lets a class begin only where it lasts.
    private static func steady(_ lines: inout [Int]) {
        let gap = classBounds.count + 1
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

    private static func paths(_ places: [Place], runs: [Run]) -> [String] {
        var tolerance = 0.8
        var kept = runs.map { Simplification.keep(places[$0.points], tolerance: tolerance) }
        // Noise on a small drawing has corners without end.
        for _ in 0..<24 where kept.reduce(0, { $0 + $1.count }) > cornerLimit {
            tolerance *= 1.5
            kept = runs.map { Simplification.keep(places[$0.points], tolerance: tolerance) }
        }
        var paths = [String](repeating: "", count: classBounds.count + 2)
        for (run, corners) in zip(runs, kept) {
            append(corners.map { places[$0] }, to: &paths[run.line])
        }
        return paths
    }

    /// A line in whole units, each corner relative to the one before.
    private static func append(_ corners: [Place], to path: inout String) {
        guard let first = corners.first else { return }
        var (x, y) = (Int(first.x.rounded()), Int(first.y.rounded()))
        path += "M\(x) \(y)l"
        var isEmpty = true
        for corner in corners.dropFirst() {
            let (nextX, nextY) = (Int(corner.x.rounded()), Int(corner.y.rounded()))
            guard nextX != x || nextY != y else { continue }
            let (dx, dy) = (nextX - x, nextY - y)
            path += isEmpty || dx < 0 ? "\(dx)" : " \(dx)"
            path += dy < 0 ? "\(dy)" : " \(dy)"
            isEmpty = false
            (x, y) = (nextX, nextY)
        }
        // A line that goes nowhere is a dot.
        if isEmpty { path += "0 0" }
    }
}
