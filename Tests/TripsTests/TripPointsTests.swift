import SeededRandom
import Testing
import Trips

/// The obvious way: keep everything, decide at the end.
private func reference(_ points: [Point]) -> [Point] {
    var best: [String: Point] = [:]
    for point in points {
        let identity = point.sequence >= 0 ? "s\(point.sequence)" : "t\(point.timeMilliseconds)"
        guard let other = best[identity] else {
            best[identity] = point
            continue
        }
        if encoding(point).lexicographicallyPrecedes(encoding(other)) { best[identity] = point }
    }
    return best.values.sorted { a, b in
        a.timeMilliseconds == b.timeMilliseconds
            ? a.sequence < b.sequence : a.timeMilliseconds < b.timeMilliseconds
    }
}

/// The canonical encoding in bytes, a missing sensor last.
private func encoding(_ point: Point) -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ value: Int64) {
        let unsigned = UInt64(bitPattern: value) ^ (1 << 63)
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: unsigned >> UInt64(shift)))
        }
    }
    add(point.timeMilliseconds)
    for value in [
        point.latitudeE7, point.longitudeE7, point.speedMetersPerHour, point.headingCentidegrees,
        point.altitudeCentimeters, point.accuracyCentimeters, point.engineCentiRpm,
        point.throttleCentipercent, point.engineLoadCentipercent,
        point.massAirFlowCentigramsPerSecond, point.fuelRateCentilitersPerHour,
    ] {
        add(value == Int32.min ? Int64.max : Int64(value))
    }
    return bytes
}

/// Points with few identities, so that many of them meet.
private func points(_ count: Int, _ random: inout SplitMix) -> [Point] {
    let style = Int.random(in: 0..<4, using: &random)
    return (0..<count).map { index in
        let numbered = style == 0 || (style == 2 && Bool.random(using: &random))
        var point = Point(
            sequence: numbered ? Int64.random(in: 0...40, using: &random) : -1,
            timeMilliseconds: Int64.random(in: 0...40, using: &random),
            latitudeE7: Int32.random(in: 0...2, using: &random), longitudeE7: 0)
        if style == 3 {
            point.sequence = Int64(index)
            point.timeMilliseconds = Int64(index) * 1_000
        }
        if Bool.random(using: &random) { point.speedMetersPerHour = 3_600 }
        if Bool.random(using: &random) { point.fuelRateCentilitersPerHour = 7 }
        return point
    }
}

@Test(arguments: 0..<400)
func `any split, order and repetition leaves the same points`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let all = points(Int.random(in: 1...60, using: &random), &random)
    var sent = all + all.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
    if seed % 3 > 0 { sent.shuffle(using: &random) }
    var trip = TripPoints()
    var rest = sent[...]
    while !rest.isEmpty {
        let batch = Array(rest.prefix(Int.random(in: 1...8, using: &random)))
        rest = rest.dropFirst(batch.count)
        let before = trip.ordered
        let first = trip.insert(batch)
        let same = zip(before, trip.ordered).prefix { $0 == $1 }.count
        let isUnchanged = before == trip.ordered
        #expect(isUnchanged == (first == nil), "seed \(seed)")
        if let first, !isUnchanged { #expect(first == same, "seed \(seed)") }
    }
    #expect(trip.ordered == reference(sent), "seed \(seed)")
}

@Test func `a batch sent twice changes nothing`() {
    var trip = TripPoints()
    let batch = (0..<100).map {
        Point(sequence: $0, timeMilliseconds: $0 * 1_000, latitudeE7: 1, longitudeE7: 1)
    }
    #expect(trip.insert(batch) == 0)
    #expect(trip.insert(batch) == nil)
    #expect(trip.insert(Array(batch[50...])) == nil)
    #expect(trip.ordered.count == 100)
}

@Test func `of two contents of one reading the smaller wins, and a fuller one before a poorer`() {
    let poor = Point(sequence: 1, timeMilliseconds: 5, latitudeE7: 1, longitudeE7: 1)
    var full = poor
    full.speedMetersPerHour = 499_999
    var smaller = full
    smaller.latitudeE7 = 0
    for order in [[poor, full, smaller], [smaller, full, poor], [full, smaller, poor]] {
        var trip = TripPoints()
        for point in order { _ = trip.insert([point]) }
        #expect(trip.ordered == [smaller])
    }
    var trip = TripPoints()
    _ = trip.insert([poor, full])
    #expect(trip.ordered == [full])
}

@Test func `of two contents that one sensor tells apart the smaller wins`() {
    for reading in PointLimits.readings {
        var smaller = Point(sequence: 1, timeMilliseconds: 5, latitudeE7: 1, longitudeE7: 1)
        smaller[keyPath: reading.field] = 6
        var larger = smaller
        larger[keyPath: reading.field] = 7
        for order in [[smaller, larger], [larger, smaller]] {
            var trip = TripPoints()
            for point in order { _ = trip.insert([point]) }
            #expect(trip.ordered == [smaller], "\(reading.name)")
        }
    }
}
