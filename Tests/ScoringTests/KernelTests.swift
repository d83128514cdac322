import RandomRules
import Scoring
import SeededRandom
import Testing
import Trips

/// What must hold whatever the input, on trips from seeds.
struct KernelTests {
    private static func scorecard(_ points: [Point], _ rules: RuleSet = .standard) -> Scorecard {
        var kernel = Kernel(trip: "t", rules: rules)
        kernel.update(points: points, firstChanged: 0)
        return kernel.scorecard
    }

    @Test(arguments: 0..<300)
    func `the kernel says what the reference says`(seed: Int) {
        let trip = RandomTrip(seed: UInt64(seed), seconds: 100)
        let rules = RuleSet.shipped[seed % 3]
        let reference = ReferenceKernel.describe(trip.points, trip: "t", rules: rules)
        #expect(Self.scorecard(trip.points, rules).lines == reference, "seed \(seed)")
    }

    @Test(arguments: 0..<200)
    func `by any rules the kernel says what the reference says, in pieces as well`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let rules = RuleSet.random(using: &random)
        let trip = RandomTrip(seed: UInt64(4_000 + seed), seconds: 100)
        let reference = ReferenceKernel.describe(trip.points, trip: "t", rules: rules)
        #expect(Self.scorecard(trip.points, rules).lines == reference, "seed \(seed)")
        var kernel = Kernel(trip: "t", rules: rules)
        for known in 0..<trip.points.count {
            kernel.update(points: Array(trip.points[...known]), firstChanged: known)
        }
        #expect(kernel.scorecard.lines == reference, "seed \(seed)")
    }

    @Test func `the random trips show every kind of event and of problem`() {
        let cards = (0..<120).map {
            Self.scorecard(RandomTrip(seed: UInt64($0), seconds: 100).points, .standard)
        }
        for kind in Event.Kind.allCases {
            #expect(cards.reduce(0) { $0 + $1.events.count { $0.kind == kind } } >= 20, "\(kind)")
        }
        for kind in Quality.Kind.allCases {
            #expect(cards.contains { $0.quality.problems.contains { $0.kind == kind } }, "\(kind)")
        }
        #expect(cards.contains { $0.score != nil })
        #expect(cards.contains { $0.score == nil })
    }

    @Test(arguments: 0..<60)
    func `any split into batches gives the same scorecard at every moment`(seed: Int) {
        let trip = RandomTrip(seed: UInt64(1_000 + seed), seconds: 400)
        let rules = RuleSet.shipped[seed % 3]
        var random = SplitMix(seed: UInt64(seed))
        var kernel = Kernel(trip: "t", rules: rules)
        var known = 0
        while known < trip.points.count {
            let longest = [1, 7, 60, 400].randomElement(using: &random) ?? 1
            let next = min(
                trip.points.count, known + Int.random(in: 1...longest, using: &random))
            kernel.update(points: Array(trip.points[..<next]), firstChanged: known)
            known = next
            if Int.random(in: 0..<8, using: &random) == 0 || known == trip.points.count {
                let whole = Self.scorecard(Array(trip.points[..<known]), rules)
                #expect(kernel.scorecard == whole, "seed \(seed), \(known) points")
            }
        }
    }

    @Test(arguments: 0..<60)
    func `points may come in any order, and go again`(seed: Int) {
        let trip = RandomTrip(seed: UInt64(2_000 + seed), seconds: 300)
        let rules = RuleSet.shipped[seed % 3]
        var random = SplitMix(seed: UInt64(seed))
        var kernel = Kernel(trip: "t", rules: rules)
        var known: [Point] = []
        var waiting = trip.points.shuffled(using: &random)
        while !waiting.isEmpty {
            let arrived = waiting.prefix(Int.random(in: 1...150, using: &random))
            waiting.removeFirst(arrived.count)
            let before = known
            known = (known + arrived).sorted(by: RandomTrip.isOrdered)
            if Int.random(in: 0..<4, using: &random) == 0 {
                let gone = Int.random(in: 0..<known.count, using: &random)
                waiting.append(known.remove(at: gone))
                if waiting.count == 1, known.count > 200 { waiting = [] }
            }
            let changed = zip(before, known).prefix { $0 == $1 }.count
            kernel.update(points: known, firstChanged: changed)
            #expect(kernel.scorecard == Self.scorecard(known, rules), "seed \(seed)")
        }
    }

    @Test func `a late reading makes one before it redundant that was settled`() {
        var points = (0..<40).map { second in
            Point(
                sequence: Int64(10 + second), timeMilliseconds: 1_000 * Int64(second),
                latitudeE7: 470_000_000 + Int32(second) * 900, longitudeE7: 80_000_000)
        }
        var kernel = Kernel(trip: "t", rules: .standard)
        kernel.update(points: points, firstChanged: 0)
        var twin = points[38]
        twin.sequence = 1
        twin.timeMilliseconds += 50
        points.insert(twin, at: 39)
        kernel.update(points: points, firstChanged: 39)
        #expect(kernel.scorecard == Self.scorecard(points))
        #expect(kernel.scorecard.quality.used == 40)
    }

    @Test(arguments: 0..<4)
    func `a late point of a long trip reruns from a checkpoint`(seed: Int) {
        let trip = RandomTrip(seed: UInt64(3_000 + seed), seconds: 2_500)
        var random = SplitMix(seed: UInt64(seed))
        var kernel = Kernel(trip: "t", rules: .standard)
        kernel.update(points: trip.points, firstChanged: 0)
        var points = trip.points
        for _ in 0..<6 {
            let place = Int.random(in: 0..<points.count, using: &random)
            let late = points.remove(at: place)
            kernel.update(points: points, firstChanged: place)
            points.insert(late, at: place)
            kernel.update(points: points, firstChanged: place)
            #expect(kernel.scorecard == Self.scorecard(points), "seed \(seed), \(place)")
        }
    }

    @Test(arguments: 0..<60)
    func `a shift by whole seconds shifts events and changes nothing else`(seed: Int) {
        let trip = RandomTrip(seed: UInt64(4_000 + seed))
        let rules = RuleSet.shipped[seed % 3]
        let shift = Int64([1, 3_600, 86_400 * 365, -1_700_000_100][seed % 4]) * 1_000
        let shifted = trip.points.map { point in
            var point = point
            point.timeMilliseconds += shift
            return point
        }
        let own = Self.scorecard(trip.points, rules)
        let other = Self.scorecard(shifted, rules)
        #expect(
            other.events.map(\.startMilliseconds) == own.events.map { $0.startMilliseconds + shift }
        )
        #expect(
            other.events.map(\.endMilliseconds) == own.events.map { $0.endMilliseconds + shift })
        #expect(other.events.map(\.points) == own.events.map(\.points), "seed \(seed)")
        #expect(
            other.events.map(\.peakMillimetersPerSecond2)
                == own.events.map(\.peakMillimetersPerSecond2), "seed \(seed)")
        #expect(other.quality == own.quality, "seed \(seed)")
        #expect(other.score == own.score, "seed \(seed)")
        #expect(other.distanceMeters == own.distanceMeters, "seed \(seed)")
        #expect(other.startMilliseconds == own.startMilliseconds + shift, "seed \(seed)")
    }

    @Test(arguments: 0..<120)
    func `bare readings beside others at their position change only the number of readings`(
        seed: Int
    ) {
        let trip = RandomTrip(seed: UInt64(5_000 + seed))
        let rules = RuleSet.shipped[seed % 3]
        var random = SplitMix(seed: UInt64(seed))
        let own = Self.scorecard(trip.points, rules)
        var points = trip.points
        // Numbered trips: a new high number, before or after. Others: the same position, later.
        let isNumbered = points.contains { $0.sequence >= 0 }
        for number in 0..<Int.random(in: 1...40, using: &random) {
            guard let near = trip.points.randomElement(using: &random) else { break }
            let distance = Int64.random(in: (isNumbered ? -100 : 1)...100, using: &random)
            let isOff = near.timeMilliseconds % 1_000 != 0
            if !isNumbered, isOff, !near.isReported { continue }
            points.append(
                Point(
                    sequence: isNumbered ? 1_000_000 + Int64(number) : Point.unnumbered,
                    timeMilliseconds: near.timeMilliseconds + distance,
                    latitudeE7: near.latitudeE7, longitudeE7: near.longitudeE7))
        }
        points.sort(by: RandomTrip.isOrdered)
        let other = Self.scorecard(points, rules)
        #expect(other.quality.readings == points.count, "seed \(seed)")
        let lines = other.lines.map {
            $0.replacing("readings \(points.count)", with: "readings \(trip.points.count)")
        }
        #expect(lines == own.lines, "seed \(seed)")
    }

    @Test(arguments: 0..<100)
    func `no event lies across a gap, and breakdowns add up`(seed: Int) {
        let trip = RandomTrip(seed: UInt64(6_000 + seed), seconds: 600)
        let card = Self.scorecard(trip.points, seed % 2 == 0 ? .standard : .strict)
        for event in card.events {
            let inside = trip.points.map(\.timeMilliseconds).filter {
                event.startMilliseconds - 3_000 <= $0 && $0 <= event.endMilliseconds + 3_000
            }
            let across = zip(inside, inside.dropFirst()).contains {
                $1 - $0 > 3_000 && $0 <= event.startMilliseconds && $1 >= event.endMilliseconds
            }
            #expect(!across, "seed \(seed), \(event.id)")
            #expect(event.startMilliseconds < event.endMilliseconds)
        }
        guard let score = card.score else {
            #expect(card.breakdown.isEmpty)
            return
        }
        #expect(card.breakdown.reduce(0) { $0 + $1.points } == 100 - score, "seed \(seed)")
        let allowance = card.breakdown.first { $0.cause == "shortDistance" }?.points ?? -1
        #expect(allowance + card.events.reduce(0) { $0 + $1.points } == 100 - score)
    }
}

extension Point {
    fileprivate var isReported: Bool { speedMetersPerHour != Point.missing }
}
