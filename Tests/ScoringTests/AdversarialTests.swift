import Scoring
import SeededRandom
import Testing
import Trips

/// Points that are valid and mean: the kernel must neither trap nor slow down.
struct AdversarialTests {
    private static func scorecard(_ points: [Point], _ rules: RuleSet = .standard) -> Scorecard {
        var kernel = Kernel(trip: "t", rules: rules)
        kernel.update(points: points, firstChanged: 0)
        return kernel.scorecard
    }

    private static let extremes: [(Int32, Int32)] = [
        (900_000_000, 0), (-900_000_000, 1_800_000_000), (0, -1_800_000_000), (0, 1_800_000_000),
        (1, 1), (899_999_999, -1_799_999_999), (0, 0),
    ]

    @Test(arguments: 0..<200)
    func `points at the ends of their ranges leave every value in range`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var time: Int64 = 946_684_800_000
        var points: [Point] = []
        for index in 0..<Int.random(in: 0...400, using: &random) {
            let steps: [Int64] = [
                0, 0, 1, 49, 100, 101, 999, 1_000, 1_000, 3_000, 3_001, 6_000_000,
            ]
            time += steps.randomElement(using: &random) ?? 0
            let place = Self.extremes.randomElement(using: &random) ?? (0, 0)
            var point = Point(
                sequence: Int.random(in: 0..<3, using: &random) == 0
                    ? Int64.random(in: 0...Int64.max, using: &random) : Int64(index),
                timeMilliseconds: time, latitudeE7: place.0, longitudeE7: place.1)
            if Bool.random(using: &random) {
                point.latitudeE7 = Int32.random(in: -900_000_000...900_000_000, using: &random)
            }
            if Bool.random(using: &random) {
                point.speedMetersPerHour =
                    [0, 500_000, 1, 250_000].randomElement(using: &random) ?? 0
            }
            points.append(point)
        }
        points.sort(by: RandomTrip.isOrdered)
        let card = Self.scorecard(points, RuleSet.shipped[seed % 3])
        #expect(card.score.map { (0...100).contains($0) } ?? true, "seed \(seed)")
        #expect(card.maxSpeedMetersPerHour >= 0 && card.averageSpeedMetersPerHour >= 0)
        #expect(card.distanceMeters >= 0 && card.quality.used <= points.count, "seed \(seed)")
    }

    /// A hundred thousand points of each kind, in a time that quadratic work would not meet.
    @Test(arguments: [
        "one instant, one place", "one instant, many places", "descending numbers",
        "there and back", "standing", "everywhere",
    ])
    func `a hundred thousand points take no quadratic time`(kind: String) {
        var random = SplitMix(seed: 7)
        let count = 100_000
        let points = (0..<count).map { index in
            var point = Point(
                sequence: Int64(index), timeMilliseconds: 1_700_000_000_000,
                latitudeE7: 480_000_000, longitudeE7: 90_000_000)
            switch kind {
            case "one instant, many places": point.latitudeE7 += Int32(index)
            case "descending numbers":
                point.timeMilliseconds += Int64(index / 1_000)
                point.sequence = Int64(count - index)
            case "there and back":
                point.timeMilliseconds += Int64(index) * 1_000
                point.latitudeE7 += index % 2 == 0 ? 0 : 100_000
            case "standing": point.timeMilliseconds += Int64(index) * 200
            case "everywhere":
                point.timeMilliseconds += Int64(index) * 1_000
                point.latitudeE7 = Int32.random(in: -900_000_000...900_000_000, using: &random)
            default: break
            }
            return point
        }
        let clock = ContinuousClock()
        var card: Scorecard?
        let elapsed = clock.measure { card = Self.scorecard(points) }
        #expect(card?.quality.readings == count)
        #expect(elapsed < .seconds(60), "\(kind): \(elapsed)")
    }

    @Test func `no point is no trip`() {
        let card = Self.scorecard([])
        #expect(card.unscorable == .noPoints)
        #expect(card.score == nil && card.events.isEmpty && card.quality.readings == 0)
        var kernel = Kernel(trip: "t", rules: .standard)
        kernel.update(points: RandomTrip(seed: 1).points, firstChanged: 0)
        kernel.update(points: [], firstChanged: 0)
        #expect(kernel.scorecard == card)
    }
}
