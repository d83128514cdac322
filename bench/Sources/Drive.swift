import Simulator
import Trips

/// A drive at one reading a second, with the readings that phones give: sequence, position, speed,
/// heading, accuracy. Every number comes from the seed, and from nothing that differs between
/// machines.
struct Drive {
    private var random: SeededGenerator
    private var speed = 0.0
    private var acceleration = 1.0
    private var east = 1.0
    private var north = 0.0
    private var turn = 0.0
    private var latitude = 476_000_000.0
    private var longitude = -1_221_000_000.0
    private var noise = (east: 0.0, north: 0.0)
    private var secondsLeft = 0

    /// 1e-7 degree of latitude in a metre.
    private static let latitudeUnits = 89.83
    /// 1e-7 degree of longitude in a metre, at 47.6° north.
    private static let longitudeUnits = 133.2
    /// When every drive begins, in epoch milliseconds.
    private static let start: Int64 = 1_760_000_000_000

    private init(seed: Int) { random = SeededGenerator(seed: UInt64(seed)) }

    /// The readings of a drive, in order.
    static func points(_ count: Int, seed: Int, speeds: Bool = true) -> [Point] {
        var drive = Drive(seed: seed)
        return (0..<count).map { drive.reading(Int64($0), speeds) }
    }

    private mutating func reading(_ second: Int64, _ speeds: Bool) -> Point {
        if secondsLeft == 0 {
            secondsLeft = Int(random.between(3, 12))
            acceleration = random.between(-2.6, 2.2)
            turn = random.happens(0.3) ? random.between(-0.15, 0.15) : 0
        }
        secondsLeft -= 1
        speed = min(33, max(0, speed + acceleration))
        (east, north) = (east - turn * north, north + turn * east)
        let length = (east * east + north * north).squareRoot()
        (east, north) = (east / length, north / length)
        latitude += speed * north * Drive.latitudeUnits
        longitude += speed * east * Drive.longitudeUnits
        noise.east = 0.9 * noise.east + random.between(-1.2, 1.2)
        noise.north = 0.9 * noise.north + random.between(-1.2, 1.2)
        var point = Point(
            sequence: second, timeMilliseconds: Drive.start + second * 1_000,
            latitudeE7: Int32(latitude + noise.north * Drive.latitudeUnits),
            longitudeE7: Int32(longitude + noise.east * Drive.longitudeUnits))
        if speeds { point.speedMetersPerHour = Int32(speed * 100) * 36 }
        // Good enough for a heading that nothing here relies on.
        point.headingCentidegrees = Int32((east + 1) * 9_000 + (north < 0 ? 17_999 : 0))
        point.accuracyCentimeters = Int32(random.between(300, 900))
        return point
    }
}
