internal import Trips

/// A track on a flat drawing, north up: lines by class of speed, and the length of a scale bar.
struct TrackDrawing {
    /// Corners that all lines together have at most.
    static let cornerLimit = 1_600

    /// Width of the drawing in its own units.
    static let width = 1_000.0
    private static let margin = 60.0

    /// Height of the drawing in its own units.
    let height: Double
    /// For each class of speed, and last for gaps, the lines as an SVG path; empty where none is.
    let paths: [String]
    /// Where the track begins and ends.
    let ends: (first: Place, last: Place)
    private let origin: Point
    private let eastScale: Double
    private let unitsPerMeter: Double
    private let shift: Place

    /// A drawing of points in order; nil without any.
    ///
    /// - Parameter runs: the stretches of one class each that its lines are made of.
    init?(_ points: [Point], _ runs: [SpeedSeries.Run], _ classes: SpeedClasses) {
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
        paths = Self.paths(places, runs, count: classes.gap + 1)
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

    /// A round length of at most a quarter of the width, in the units' own measure: what it is
    /// called, and how long it is on the drawing.
    func scaleBar(_ units: Units) -> (name: String, units: Double) {
        let longest = Self.width / 4 / unitsPerMeter
        func best(_ meters: Double) -> Int? {
            var best: Int?
            var power = 1
            while power < 10_000_000 {
                for factor in [1, 2, 5] where Double(factor * power) * meters <= longest {
                    best = factor * power
                }
                power *= 10
            }
            return best
        }
        let measures: [(name: String, meters: Double)] =
            units == .metric ? [("km", 1_000), ("m", 1)] : [("mi", 1_609.344), ("ft", 0.3048)]
        for measure in measures {
            guard let length = best(measure.meters) else { continue }
            return ("\(length) \(measure.name)", Double(length) * measure.meters * unitsPerMeter)
        }
        return ("", 0)
    }

    private static func paths(
        _ places: [Place], _ runs: [SpeedSeries.Run], count: Int
    ) -> [String] {
        let kept = Simplification.keep(
            runs.map { places[$0.points] }, tolerance: 0.8, limit: cornerLimit)
        var paths = [String](repeating: "", count: count)
        for (run, corners) in zip(runs, kept) {
            append(corners.map { places[$0] }, to: &paths[run.line])
        }
        return paths
    }

    /// A line in whole units, each corner relative to the one before.
    static func append(_ corners: [Place], to path: inout String) {
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
