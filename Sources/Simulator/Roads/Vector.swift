internal import Trips

/// Metres east and north of the town's middle.
public struct Vector: Equatable, Sendable {
    /// Metres to the east.
    public var east: Double
    /// Metres to the north.
    public var north: Double

    /// A place or a way.
    public init(east: Double, north: Double) {
        self.east = east
        self.north = north
    }

    /// Its length in metres.
    public var length: Double { (east * east + north * north).squareRoot() }

    static func + (a: Vector, b: Vector) -> Vector {
        Vector(east: a.east + b.east, north: a.north + b.north)
    }

    static func - (a: Vector, b: Vector) -> Vector {
        Vector(east: a.east - b.east, north: a.north - b.north)
    }

    static func * (a: Vector, factor: Double) -> Vector {
        Vector(east: a.east * factor, north: a.north * factor)
    }

    /// The place at a share, 0…1, of the way from one to another.
    static func between(_ a: Vector, _ b: Vector, _ share: Double) -> Vector {
        a + (b - a) * share
    }

    /// A quadratic Bézier curve's place at a parameter, 0…1.
    static func curve(_ a: Vector, _ control: Vector, _ b: Vector, _ share: Double) -> Vector {
        between(between(a, control, share), between(control, b, share), share)
    }

    /// A way of length 1 in a direction, in degrees from east to north: without `libm`, so that
    /// towns are the same on every machine.
    static func unit(degrees: Double) -> Vector {
        func cosine(_ degrees: Double) -> Double {
            let turned = abs(degrees.remainder(dividingBy: 360))
            return turned <= 90
                ? Geometry.cosine(latitudeE7: Int32(turned * 1e7))
                : -Geometry.cosine(latitudeE7: Int32((180 - turned) * 1e7))
        }
        return Vector(east: cosine(degrees), north: cosine(degrees - 90))
    }

    /// The position in 1e-7 degree, on the plane that touches the sphere at the town's middle.
    func position(around middle: (latitudeE7: Int32, longitudeE7: Int32)) -> (Int32, Int32) {
        let parallel = Geometry.metersPerE7 * Geometry.cosine(latitudeE7: middle.latitudeE7)
        return (
            middle.latitudeE7 + Int32((north / Geometry.metersPerE7).rounded()),
            middle.longitudeE7 + Int32((east / parallel).rounded())
        )
    }
}
