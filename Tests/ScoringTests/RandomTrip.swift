import SeededRandom
import Trips

/// Trips of many kinds of driving and dirt, from a seed.
struct RandomTrip {
    /// Ordered by time, then sequence.
    var points: [Point] = []
    private var random: SplitMix

    /// A trip of some `seconds` seconds. Dirt is anything that senders do to their data.
    init(seed: UInt64, seconds: Int = 240, isDirty: Bool = true) {
        random = SplitMix(seed: seed)
        drive(seconds)
        if isDirty { soil() }
        number()
        points.sort(by: RandomTrip.isOrdered)
    }

    static func isOrdered(_ a: Point, _ b: Point) -> Bool {
        (a.timeMilliseconds, a.sequence) < (b.timeMilliseconds, b.sequence)
    }

    private mutating func drive(_ seconds: Int) {
        let period = [200, 500, 1_000, 1_000, 1_000, 2_000].randomElement(using: &random) ?? 1_000
        let sigma: Double = [0.0, 0.3, 1.0, 2.0].randomElement(using: &random) ?? 0
        let hasSpeed = Bool.random(using: &random)
        let isWhole = Bool.random(using: &random)
        var latitude = Double.random(in: -60...60, using: &random) * 1e7
        var longitude = Double.random(in: -1_799_000_000...1_799_000_000, using: &random)
        let perMeter = 1e7 / 111_195.0
        let shrink = Geometry.cosine(latitudeE7: Int32(latitude))
        var (speed, heading, turn, acceleration) = (0.0, 0.0, 0.0, 2.0)
        var time: Int64 = 1_700_000_000_000 + Int64.random(in: 0..<1_000, using: &random)
        for _ in 0..<(seconds * 1_000 / period) {
            if Double.random(in: 0..<1, using: &random) < Double(period) / 4_000 {
                acceleration = Double.random(in: -5...4, using: &random)
                turn =
                    Bool.random(using: &random) ? 0 : Double.random(in: -0.4...0.4, using: &random)
            }
            let elapsed = Double(period) / 1_000
            speed = min(max(0, speed + acceleration * elapsed), 35)
            heading += turn * elapsed
            // Near enough to a circle for a heading; its length does not matter.
            let quarter = heading - (heading / 4).rounded() * 4
            let x = 1 - abs(quarter) * 1
            let y = quarter.sign == .minus ? abs(x) - 1 : 1 - abs(x)
            latitude += x * speed * elapsed * perMeter
            longitude += y * speed * elapsed * perMeter / shrink
            var point = Point(
                timeMilliseconds: time,
                latitudeE7: Int32(latitude + random.normal() * sigma * perMeter),
                longitudeE7: wrapped(longitude + random.normal() * sigma * perMeter))
            if hasSpeed {
                let unit = isWhole ? 1_000.0 : 36
                point.speedMetersPerHour = Int32((speed * 3_600 / unit).rounded() * unit)
            }
            points.append(point)
            time += Int64(period)
        }
    }

    private func wrapped(_ longitude: Double) -> Int32 {
        Int32(
            longitude > 1.8e9
                ? longitude - 3.6e9 : longitude < -1.8e9 ? longitude + 3.6e9 : longitude)
    }

    private mutating func soil() {
        let rate: Double = [0.0, 0.01, 0.05, 0.2].randomElement(using: &random) ?? 0
        var soiled: [Point] = []
        for point in points {
            var point = point
            guard Double.random(in: 0..<1, using: &random) < rate else {
                soiled.append(point)
                continue
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0: continue
            case 1: point.latitudeE7 += Int32.random(in: -20_000...20_000, using: &random)
            case 2: point.speedMetersPerHour = Int32.random(in: 0...500_000, using: &random)
            case 3: point.speedMetersPerHour = Point.missing
            case 4: point.accuracyCentimeters = Int32.random(in: 0...20_000, using: &random)
            case 5: point.timeMilliseconds += Int64.random(in: 0...8_000, using: &random)
            case 6, 7:
                if let last = soiled.last {
                    (point.latitudeE7, point.longitudeE7) = (last.latitudeE7, last.longitudeE7)
                }
            case 8: point.timeMilliseconds = soiled.last?.timeMilliseconds ?? point.timeMilliseconds
            case 9:
                var twin = point
                twin.timeMilliseconds += Int64.random(in: 1...120, using: &random)
                if Bool.random(using: &random) { twin.speedMetersPerHour = Point.missing }
                soiled.append(twin)
            case 10: point.engineCentiRpm = 80_000
            default:
                point.longitudeE7 = Int32.random(in: -1_800_000_000...1_800_000_000, using: &random)
            }
            soiled.append(point)
        }
        points = soiled
    }

    private mutating func number() {
        guard Int.random(in: 0..<4, using: &random) > 0 else { return }
        for index in points.indices { points[index].sequence = Int64(index) }
        for _ in 0..<Int.random(in: 0...3, using: &random) where points.count > 1 {
            let a = Int.random(in: 0..<points.count, using: &random)
            let b = Int.random(in: 0..<points.count, using: &random)
            (points[a].sequence, points[b].sequence) = (points[b].sequence, points[a].sequence)
        }
    }
}
