import Scoring
import SeededRandom
import Testing
import Trips

/// Drives with the dirt of MyDriving's sample: positions every 5 m at best, most readings in pairs
/// some 25 ms apart, and a speed column that holds anything but speeds.
struct DirtyDriveTests {
    /// A drive along a meridian that cruises, and brakes hard where asked.
    private struct Drive {
        var points: [Point] = []
        /// When it brakes, milliseconds since its start.
        var brake: ClosedRange<Int64>?

        init(seed: Int, brakesAt second: Int?) {
            var random = SplitMix(seed: UInt64(seed))
            let start: Int64 = 1_520_985_601_181
            var (speed, distance, reported) = (0.0, 0.0, -100.0)
            var (time, sequence) = (0.0, Int64(28))
            var target = 17.0
            // At 2 s spacing only the harder ones are sure to be seen.
            let every = [1.0, 1.0, 2.0][seed % 3]
            let deceleration = Double.random(in: (every + 3)...6, using: &random)
            while time < 600 {
                if let second, brake == nil, time >= Double(second), speed > 15 {
                    brake = Int64(time * 1_000)...Int64((time + 3) * 1_000)
                }
                let isBraking = brake.map { $0.contains(Int64(time * 1_000)) } ?? false
                if Int(time * 10) % 300 == 0 { target = .random(in: 15...20, using: &random) }
                let step = 0.1
                let wanted = max(-1, min(1, target - speed))
                speed = max(4, speed + (isBraking ? -deceleration : wanted) * step)
                distance += speed * step
                let isDue = (time / every).rounded(.down) != ((time - step) / every).rounded(.down)
                if isDue, distance - reported >= 5 {
                    reported = distance
                    report(start, time, distance, &sequence, &random)
                }
                time += step
            }
        }

        private mutating func report(
            _ start: Int64, _ time: Double, _ distance: Double, _ sequence: inout Int64,
            _ random: inout SplitMix
        ) {
            let moment = start + Int64(time * 1_000) + Int64.random(in: -20...20, using: &random)
            let latitude = 476_397_198 + Int32(distance * 1e7 / 111_195)
            for delay in [0, Int64.random(in: 20...32, using: &random)] {
                var point = Point(
                    sequence: sequence, timeMilliseconds: moment + delay, latitudeE7: latitude,
                    longitudeE7: -1_221_302_857)
                if Int.random(in: 0..<6, using: &random) == 0 {
                    point.speedMetersPerHour =
                        Int32([0, 3, 17, 330, 77, 130].randomElement(using: &random) ?? 0) * 1_000
                }
                if Bool.random(using: &random) {
                    point.engineCentiRpm = Int32.random(in: 0...4_000, using: &random) * 100
                }
                points.append(point)
                sequence += 1
            }
        }

        var scorecard: Scorecard {
            var kernel = Kernel(trip: "t", rules: .standard)
            kernel.update(points: points.sorted(by: RandomTrip.isOrdered), firstChanged: 0)
            return kernel.scorecard
        }

        /// Speed by positions over some seconds before a time less that over some after, m/s.
        func drop(from begin: Int64, to end: Int64) -> Double {
            func speed(_ range: ClosedRange<Int64>) -> Double {
                let inside = points.filter { range.contains($0.timeMilliseconds) }
                guard let first = inside.first, let last = inside.last,
                    last.timeMilliseconds > first.timeMilliseconds + 500
                else { return 0 }
                let meters = Double(last.latitudeE7 - first.latitudeE7) * 111_195 / 1e7
                return meters * 1_000 / Double(last.timeMilliseconds - first.timeMilliseconds)
            }
            return speed(begin - 4_100...begin + 100) - speed(end - 100...end + 4_100)
        }
    }

    @Test(arguments: 0..<30)
    func `a hard brake in the positions is found, whatever the speeds say`(seed: Int) throws {
        let drive = Drive(seed: seed, brakesAt: 200 + seed * 3)
        let brake = try #require(drive.brake)
        let start = drive.points[0].timeMilliseconds
        let brakes = drive.scorecard.events.filter { $0.kind == .hardBrake }
        #expect(brakes.count == 1, "seed \(seed)")
        let event = try #require(brakes.first, "seed \(seed)")
        #expect(event.startMilliseconds - start <= brake.upperBound + 2_000)
        #expect(event.endMilliseconds - start >= brake.lowerBound - 2_000)
        #expect(drive.drop(from: event.startMilliseconds, to: event.endMilliseconds) > 3)
    }

    @Test(arguments: 0..<30)
    func `scrambled speeds alone make no event`(seed: Int) {
        let card = Drive(seed: seed, brakesAt: nil).scorecard
        #expect(card.events.isEmpty, "seed \(seed)")
        #expect(card.quality.problems.contains { $0.kind == .repeatedPosition })
        #expect(card.quality.problems.contains { $0.kind == .speedMissing })
        #expect(card.unscorable == nil)
    }
}
