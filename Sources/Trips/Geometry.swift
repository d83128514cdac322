/// Positions on the sphere, with nothing but operations that IEEE 754 defines to the bit.
///
/// `libm` may differ between builds of it; addition, multiplication, division and square root do
/// not. So the cosine is a polynomial of our own, and results are the same on every machine.
public enum Geometry {
    /// Mean radius of the earth in metres (IUGG R1).
    public static let earthRadiusMeters = 6_371_008.8
    /// Metres in 1e-7 degree along a meridian.
    public static let metersPerE7 = 6_371_008.8 * 3.141_592_653_589_793 / 180 / 1e7

    /// The cosine of a latitude in 1e-7 degree, -90°…90°; error below 1e-12.
    ///
    /// The Taylor series to x²⁰ of the angle in radians.
    public static func cosine(latitudeE7: Int32) -> Double {
        let x = Double(latitudeE7) * (3.141_592_653_589_793 / 180 / 1e7)
        let s = x * x
        // 1 - s/2 (1 - s/12 (1 - s/30 (…))), from the inside out.
        var sum = 1 - s / 380
        sum = 1 - sum * s / 306
        sum = 1 - sum * s / 240
        sum = 1 - sum * s / 182
        sum = 1 - sum * s / 132
        sum = 1 - sum * s / 90
        sum = 1 - sum * s / 56
        sum = 1 - sum * s / 30
        sum = 1 - sum * s / 12
        sum = 1 - sum * s / 2
        return sum
    }

    /// Metres east and north from one position to another, on the plane that touches the sphere
    /// between them: right to 1e-4 for steps of up to 10 km away from the poles.
    ///
    /// Longitudes that cross the antimeridian take the short way.
    public static func step(from a: Point, to b: Point) -> (east: Double, north: Double) {
        let middle = Int32((Int64(a.latitudeE7) + Int64(b.latitudeE7)) / 2)
        var longitude = Int64(b.longitudeE7) - Int64(a.longitudeE7)
        if longitude > 1_800_000_000 { longitude -= 3_600_000_000 }
        if longitude < -1_800_000_000 { longitude += 3_600_000_000 }
        let latitude = Int64(b.latitudeE7) - Int64(a.latitudeE7)
        return (
            Double(longitude) * metersPerE7 * cosine(latitudeE7: middle),
            Double(latitude) * metersPerE7
        )
    }

    /// Metres from one position to another, as ``step(from:to:)`` measures them.
    public static func distanceMeters(from a: Point, to b: Point) -> Double {
        let step = step(from: a, to: b)
        return (step.east * step.east + step.north * step.north).squareRoot()
    }
}
