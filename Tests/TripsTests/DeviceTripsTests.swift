import SeededRandom
import Testing
import Trips

/// Positions of a phone that is so many metres north of where it began.
func position(_ seconds: Int64, _ meters: Double, accuracyMeters: Int32? = nil) -> Point {
    var point = Point(
        timeMilliseconds: 1_790_000_000_000 + seconds * 1_000,
        latitudeE7: 480_000_000 + Int32((meters / Geometry.metersPerE7).rounded()),
        longitudeE7: 110_000_000)
    if let accuracyMeters { point.accuracyCentimeters = accuracyMeters * 100 }
    return point
}

/// Trips as their effects make them: by first time, all their points and whether they are over.
struct Cut: Equatable {
    struct Trip: Equatable {
        var points = TripPoints()
        var isOver = false
    }
    var phone = DeviceTrips()
    var trips: [Int64: Trip] = [:]
    /// How often each moment was put into a trip, by trip.
    var homes: [Int64: Set<Int64>] = [:]

    mutating func take(_ points: [Point], _ limits: CutLimits = CutLimits()) {
        for point in points {
            switch phone.absorb(point, limits: limits) {
            case .forgotten: break
            case .effects(let effects), .resting(let effects):
                for effect in effects { apply(effect) }
            }
        }
    }

    private mutating func apply(_ effect: DeviceTrips.Effect) {
        switch effect {
        case .add(let points, let first):
            _ = trips[first, default: Trip()].points.insert(points)
            for point in points { homes[point.timeMilliseconds, default: []].insert(first) }
        case .end(let first): trips[first]?.isOver = true
        }
    }

    /// First and last second of each trip, by time.
    var spans: [[Int64]] {
        trips.values.map(\.points.ordered)
            .sorted { $0[0].timeMilliseconds < $1[0].timeMilliseconds }
            .map { points in
                [points[0], points[points.count - 1]].map {
                    ($0.timeMilliseconds - 1_790_000_000_000) / 1_000
                }
            }
    }
}

/// A drive at 11 m/s, a position each `step` seconds.
private func drive(
    from start: Int64, seconds: Int64, at meters: Double, step: Int64 = 5
) -> [Point] {
    stride(from: 0, through: seconds, by: Int(step)).map {
        position(start + Int64($0), meters + Double($0) * 11)
    }
}

private func stand(from start: Int64, seconds: Int64, at meters: Double, step: Int64 = 5)
    -> [Point]
{
    stride(from: 0, through: seconds, by: Int(step)).map { position(start + Int64($0), meters) }
}

@Suite struct DeviceTripsTests {
    @Test func `a stop of 180 s within 200 m ends a trip, and leaving begins the next`() {
        var cut = Cut()
        cut.take(drive(from: 0, seconds: 600, at: 0))
        cut.take(stand(from: 605, seconds: 595, at: 6_600))
        #expect(cut.trips.values.map(\.isOver) == [true])
        cut.take(drive(from: 1_205, seconds: 600, at: 6_610))
        // The anchor is the last position that was 200 m from the one before: at 600 s.
        #expect(cut.spans == [[0, 775], [1_050, 1_805]])
        #expect(cut.trips.values.filter(\.isOver).count == 1)
    }

    @Test(
        arguments: [
            (179, 199.0, 1), (180, 199.0, 2), (180, 200.5, 1), (3_599, 300.0, 1), (3_600, 300.0, 2),
        ] as [(Int64, Double, Int)])
    func `the limits are 180 s, 200 m and 3,600 s`(
        seconds: Int64, meters: Double, trips: Int
    ) {
        var cut = Cut()
        cut.take([position(0, 0), position(seconds, meters)])
        // What follows shows whether the second position ended the trip.
        cut.take([position(seconds + 60, 5_000)])
        #expect(cut.trips.count == trips)
    }

    @Test func `what a phone says while it stands is in no trip, however long`() {
        var cut = Cut()
        cut.take(drive(from: 0, seconds: 300, at: 0))
        // A position each half hour, and a gap of two hours at the same place.
        for seconds in [1_800, 3_600, 5_400, 12_600, 14_400] {
            cut.take([position(Int64(seconds), 3_350)])
        }
        #expect(cut.spans == [[0, 300]])
        cut.take(drive(from: 14_410, seconds: 300, at: 3_600))
        #expect(cut.spans == [[0, 300], [14_400, 14_710]])
    }

    @Test func `an inexact position is no departure`() {
        var cut = Cut()
        cut.take(drive(from: 0, seconds: 300, at: 0))
        cut.take(stand(from: 305, seconds: 200, at: 3_300))
        cut.take([position(600, 4_000, accuracyMeters: 900), position(605, 3_300)])
        #expect(cut.spans.count == 1)
        cut.take([position(700, 4_000, accuracyMeters: 20)])
        #expect(cut.spans.count == 2)
    }

    @Test func `a trip is cut before it is larger than a trip may be`() {
        var limits = CutLimits()
        limits.spanMilliseconds = 1_000_000
        limits.points = 50
        var cut = Cut()
        cut.take(drive(from: 0, seconds: 3_000, at: 0, step: 100), limits)
        #expect(cut.spans == [[0, 900], [1_000, 1_900], [2_000, 2_900], [3_000, 3_000]])
        cut = Cut()
        cut.take(drive(from: 0, seconds: 600, at: 0), limits)
        #expect(cut.trips.values.map(\.points.ordered.count).sorted() == [21, 50, 50])
    }

    @Test func `an hour offline comes late and goes on where it began`() {
        var cut = Cut()
        cut.take(drive(from: 0, seconds: 600, at: 0))
        cut.take(drive(from: 7_200, seconds: 300, at: 79_200))
        #expect(cut.spans == [[0, 600], [7_200, 7_500]])
        cut.take(drive(from: 605, seconds: 2_000, at: 6_655))
        cut.take(stand(from: 2_610, seconds: 900, at: 28_655))
        cut.take(drive(from: 3_600, seconds: 3_595, at: 28_665))
        #expect(cut.spans == [[0, 2_775], [3_440, 7_195], [7_200, 7_500]])
        // The trips before the newest one are over.
        #expect(cut.trips.filter { !$1.isOver }.count == 1)
    }

    @Test(
        arguments: [(1_105.0, [[0, 405]]), (9_000, [[0, 405], [80_000, 80_000]])]
            as [(Double, [[Int64]])])
    func `a clock that was a day ahead costs a trip of its own and no more`(
        meters: Double, spans: [[Int64]]
    ) {
        var cut = Cut()
        cut.take(drive(from: 0, seconds: 100, at: 0))
        cut.take([position(80_000, meters)])
        cut.take(drive(from: 105, seconds: 300, at: 1_155))
        #expect(cut.spans == spans)
    }

    @Test func `the last positions before a stop may come after it`() {
        var cut = Cut()
        let arrival = stand(from: 305, seconds: 300, at: 3_300)
        cut.take(drive(from: 0, seconds: 300, at: 0))
        cut.take(Array(arrival[40...]))
        cut.take(Array(arrival[..<40]))
        #expect(cut.spans == [[0, 475]])
        cut.take(drive(from: 620, seconds: 60, at: 3_600))
        cut.take(Array(arrival[..<40]))
        #expect(cut.spans == [[0, 475], [480, 680]])
    }

    @Test func `a position before all that is remembered is in no trip`() {
        var limits = CutLimits()
        limits.drives = 3
        var cut = Cut()
        for day in 1...5 { cut.take([position(Int64(day) * 10_000, Double(day) * 5_000)], limits) }
        cut.take([position(50_000, 25_000)], limits)
        let before = cut
        cut.take([position(10_000, 5_000), position(10_001, 0), position(5, 0)], limits)
        #expect(cut == before)
        #expect(cut.phone.drives.count == 3)
    }

    @Test func `a phone's key and trips name the phone, and nobody`() throws {
        let user = try #require(UserID("ann"))
        let phone = UserDevice(user: user, device: DeviceID(anyText: "pix\nel"))
        #expect(UserDevice(key: phone.key) == phone)
        #expect(phone.device.rawValue == "pixel")
        #expect(UserDevice(key: "ann") == nil)
        #expect(UserDevice(key: "ann\u{0}a\u{0}b") == nil)
        let trip = phone.trip(firstMilliseconds: 17)
        #expect(trip.rawValue.hasSuffix("-17"))
        #expect(!trip.rawValue.contains("ann"))
        #expect(trip != UserDevice(user: user, device: .unnamed).trip(firstMilliseconds: 17))
    }
}

/// A phone's day: drives, stops, gaps and traffic jams, in the order of time.
private func day(_ random: inout SplitMix) -> [Point] {
    var points: [Point] = []
    var seconds: Int64 = 0
    var meters = 0.0
    for _ in 0..<Int.random(in: 3...9, using: &random) {
        let isStill = Bool.random(using: &random)
        let step = Int64.random(in: 1...40, using: &random)
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            seconds += step
            meters += isStill ? Double.random(in: -20...20, using: &random) : Double(step) * 9
            points.append(
                position(
                    seconds, meters,
                    accuracyMeters: Int.random(in: 0..<30, using: &random) == 0 ? 500 : 10))
        }
        if Bool.random(using: &random) {
            seconds += Int64.random(in: 100...9_000, using: &random)
        }
    }
    return points
}

@Suite struct DeviceTripsPropertyTests {
    @Test(arguments: 0..<300)
    func `what was said may be said again at any time and changes nothing`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let points = day(&random)
        var once = Cut()
        once.take(points)
        var again = Cut()
        for index in points.indices {
            again.take([points[index]])
            // A request that is sent again, whole or in part, soon or much later.
            if Int.random(in: 0..<4, using: &random) == 0 {
                let from = Int.random(in: 0...index, using: &random)
                let to = Int.random(in: from...index, using: &random)
                again.take(Array(points[from...to]))
            }
        }
        #expect(again.trips == once.trips, "seed \(seed)")
        #expect(once.homes.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
    }

    @Test(arguments: 0..<300)
    func `in any order no moment is in two trips, and none that moves is in none`(seed: UInt64) {
        var random = SplitMix(seed: seed &+ 1_000)
        let points = day(&random)
        var inOrder = Cut()
        inOrder.take(points)
        var shuffled = points
        // Blocks that come late, and some repeated: an app's queue, and its impatience.
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let from = Int.random(in: shuffled.indices, using: &random)
            let to = Int.random(in: from..<shuffled.count, using: &random)
            let block = Array(shuffled[from...to])
            if Bool.random(using: &random) { shuffled.removeSubrange(from...to) }
            let place = Int.random(in: 0...shuffled.count, using: &random)
            shuffled.insert(contentsOf: block, at: place)
        }
        var late = Cut()
        late.take(shuffled)
        #expect(late.homes.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
        let spans = late.spans
        for (one, next) in zip(spans, spans.dropFirst()) { #expect(one[1] < next[0]) }
        // Away from every other position by more than a stop is wide: surely on a drive.
        for (index, point) in points.enumerated() where point.accuracyCentimeters == 1_000 {
            let others = points[..<index] + points[(index + 1)...]
            if others.allSatisfy({ Geometry.distanceMeters(from: $0, to: point) >= 200 }) {
                #expect(late.homes[point.timeMilliseconds] != nil, "seed \(seed)")
            }
        }
    }

    @Test(arguments: 0..<100)
    func `what is known of a phone never grows beyond its limits`(seed: UInt64) {
        var random = SplitMix(seed: seed &+ 2_000)
        var limits = CutLimits()
        limits.drives = 4
        limits.waiting = 9
        var phone = DeviceTrips()
        for _ in 0..<2_000 {
            let point = position(
                Int64.random(in: 0...400_000, using: &random),
                Double.random(in: 0...400, using: &random))
            _ = phone.absorb(point, limits: limits)
            #expect(phone.drives.count <= 4)
            for (one, next) in zip(phone.drives, phone.drives.dropFirst()) {
                #expect(one.endMilliseconds < next.startMilliseconds, "seed \(seed)")
            }
            #expect(phone.drives.allSatisfy { $0.waiting.count <= 9 })
        }
    }
}
