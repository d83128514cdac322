import Scoring
import Testing
import Trips

/// MyDriving's rule, by hand.
struct SecondPairsTests {
    /// A trip of readings (milliseconds, km/h or nil) 10 m apart.
    private func events(_ readings: [(Int64, Double?)]) -> [String] {
        let points = readings.enumerated().map { index, reading in
            var point = Point(
                sequence: Int64(index), timeMilliseconds: 1_500_000_000_000 + reading.0,
                latitudeE7: 470_000_000 + Int32(index) * 900, longitudeE7: 80_000_000)
            if let speed = reading.1 { point.speedMetersPerHour = Int32(speed * 1_000) }
            return point
        }
        var kernel = Kernel(trip: "t", rules: .mydriving)
        kernel.update(points: points, firstChanged: 0)
        return kernel.scorecard.events.map {
            "\($0.kind.rawValue) \($0.startMilliseconds - 1_500_000_000_000)"
                + "-\($0.endMilliseconds - 1_500_000_000_000) \($0.peakMillimetersPerSecond2)"
        }
    }

    // 6 m/s² are 21.5827… km/h a second: 21.583 × 0.278 = 6.000074, 21.582 × 0.278 = 5.999796.
    @Test func `the limit lies between 21.582 and 21.583 km/h a second`() {
        #expect(events([(0, 40), (1_000, 61.583)]) == ["hardAcceleration 0-1000 6000"])
        #expect(events([(0, 40), (1_000, 61.582)]) == [])
        #expect(events([(0, 61.583), (1_000, 40)]) == ["hardBrake 0-1000 -6000"])
        #expect(events([(0, 61.582), (1_000, 40)]) == [])
    }

    @Test func `the limit is inclusive`() {
        // 3,000 / 139 km/h a second are 6 m/s² exactly: over 139 seconds that is 3,000 km/h, too
        // fast; as averages of 139 readings it can be met: their sum grows by 3,000 km/h.
        let slow = (0..<139).map { (Int64($0), Double?(30)) }
        let fast = (0..<139).map { (1_000 + Int64($0), Double?($0 < 81 ? 51 : 52)) }
        // 81 × 51 + 58 × 52 = 7,147; 139 × 30 = 4,170; one reading made 23 km/h faster: 3,000 more.
        let exact = fast.dropLast() + [(1_138, 75)]
        #expect(events(slow + exact) == ["hardAcceleration 0-1000 6000"])
        let short = fast.dropLast() + [(1_138, 74.999)]
        #expect(events(slow + short) == [])
    }

    @Test func `speeds of one second are averaged`() {
        // (40 + 50) / 2 = 45, then (60 + 80) / 2 = 70: 25 × 0.278 = 6.95.
        #expect(
            events([(0, 40), (900, 50), (1_100, 60), (1_900, 80)])
                == ["hardAcceleration 0-1000 6950"])
    }

    @Test func `seconds without a speed are passed over and counted`() {
        // 50 km/h over two seconds: 6.95; over three: 4.63.
        #expect(
            events([(0, 90), (1_000, nil), (2_500, 40)]) == ["hardBrake 0-2000 -6950"])
        #expect(events([(0, 90), (1_000, nil), (2_000, nil), (3_000, 40)]) == [])
    }

    @Test func `each pair of seconds is its own event`() {
        #expect(
            events([(0, 100), (1_000, 70), (2_000, 40), (3_000, 70)]) == [
                "hardBrake 0-1000 -8340", "hardBrake 1000-2000 -8340",
                "hardAcceleration 2000-3000 8340",
            ])
    }

    @Test func `nothing is too implausible, and no gap too long`() {
        #expect(
            events([(0, 0), (1_000, 500), (60_000, 0)]) == ["hardAcceleration 0-1000 139000"])
        #expect(events([(0, 500), (20_000, 0)]) == ["hardBrake 0-20000 -6950"])
    }

    @Test func `a trip without speeds has no events`() {
        #expect(events([(0, nil), (1_000, nil)]) == [])
        #expect(events([(0, 30)]) == [])
    }
}
