import SeededRandom
import Testing
import Trips

/// What happens to a trip's points.
private enum Step {
    case batch([Point])
    case correction(PointKey, Point)
    case removal(PointKey)
}

/// The obvious way: the last edit of an identity decides, else the smallest of what was sent.
private func reference(_ steps: [Step]) -> [Point] {
    var edits: [String: Point?] = [:]
    for step in steps {
        switch step {
        case .batch: break
        case .removal(let key): edits[name(key)] = .some(nil)
        case .correction(let key, let point):
            edits[name(key)] = .some(nil)
            edits[name(PointKey(of: point))] = .some(point)
        }
    }
    var best: [String: Point] = [:]
    for case .batch(let points) in steps {
        for point in points {
            let identity = name(PointKey(of: point))
            if let other = best[identity], !point.wins(over: other) { continue }
            best[identity] = point
        }
    }
    for (identity, edit) in edits { best[identity] = edit }
    return best.values.sorted { $0.isBefore($1) }
}

private func name(_ key: PointKey) -> String {
    switch key {
    case .sequence(let number): "s\(number)"
    case .time(let time): "t\(time)"
    }
}

private func point(_ style: Int, _ index: Int, _ random: inout SplitMix) -> Point {
    let numbered = style == 0 || style == 3 || (style == 2 && Bool.random(using: &random))
    let rising = style == 3
    return Point(
        sequence: numbered
            ? (rising ? Int64(index) : Int64.random(in: 0...12, using: &random)) : -1,
        timeMilliseconds: rising ? Int64(index) * 10 : Int64.random(in: 0...12, using: &random),
        latitudeE7: Int32.random(in: 0...2, using: &random), longitudeE7: 0)
}

private func steps(_ random: inout SplitMix) -> [Step] {
    let style = Int.random(in: 0..<4, using: &random)
    var next = 0
    return (0..<Int.random(in: 1...25, using: &random)).map { _ in
        let one = point(style, Int.random(in: 0...max(next, 1), using: &random), &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .removal(PointKey(of: one))
        case 1: return .correction(PointKey(of: one), one)
        case 2: return .correction(PointKey(of: one), point(style, next, &random))
        default:
            return .batch(
                (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    next += 1
                    return point(style, next, &random)
                })
        }
    }
}

private func take(_ step: Step, into points: inout TripPoints) -> Int? {
    switch step {
    case .batch(let batch): points.insert(batch)
    case .correction(let key, let point): points.correct(key, to: point)
    case .removal(let key): points.remove(key)
    }
}

@Test func `edits count over whatever is sent before or after, in their own order`() {
    for seed in UInt64(0)..<4_000 {
        var random = SplitMix(seed: seed)
        let steps = steps(&random)
        var points = TripPoints()
        for (index, step) in steps.enumerated() {
            let before = points.ordered
            let first = take(step, into: &points)
            #expect(points.ordered == reference(Array(steps[...index])), "seed \(seed) at \(index)")
            if let first {
                #expect(points.ordered != before, "seed \(seed) at \(index)")
                #expect(first <= min(before.count, points.ordered.count))
                #expect(before[..<first] == points.ordered[..<first], "seed \(seed) at \(index)")
            } else {
                #expect(points.ordered == before, "seed \(seed) at \(index)")
            }
        }
    }
}

@Test func `an edit taken twice changes nothing the second time`() {
    for seed in UInt64(0)..<500 {
        var random = SplitMix(seed: seed)
        var points = TripPoints()
        for step in steps(&random) {
            _ = take(step, into: &points)
            let once = points
            #expect(take(step, into: &points) == nil, "seed \(seed)")
            #expect(points == once)
        }
    }
}

private let ann: UserID = {
    guard let user = UserID("ann") else { preconditionFailure() }
    return user
}()

private func reading(_ time: Int64, _ sequence: Int64 = -1) -> Point {
    Point(sequence: sequence, timeMilliseconds: time, latitudeE7: 0, longitudeE7: 0)
}

@Test func `an amendment ends a trip and opens it again, and names it`() {
    var trip = TripState()
    func amend(_ complete: Bool?, name: String? = nil) -> TripState.Change {
        trip.absorb(
            Upload(user: ann, name: name, content: .amendment(Amendment(complete: complete))),
            limits: .init())
    }
    #expect(amend(nil, name: "a") == .facts)
    #expect(!trip.isEnded && trip.name == "a" && trip.owner == ann)
    #expect(amend(true) == .facts && trip.isEnded)
    #expect(amend(true) == .nothing)
    #expect(amend(nil) == .nothing && trip.isEnded)
    #expect(amend(false) == .facts && !trip.isEnded)
    #expect(trip.name == "a")
}

@Test func `a report and what is said beside change nothing but the first writer`() throws {
    let id = try #require(ReportID("p1"))
    let report = ReportedPoint(
        id: id, kind: 2, latitudeE7: 1, longitudeE7: 2, timeMilliseconds: 1_700_000_000_000)
    var facts = TripFacts()
    facts.fuelUsedGallons = 1.5
    let uploads = [
        Upload(user: ann, content: .report(report)),
        Upload(user: ann, content: .start, said: Said(trip: facts)),
    ]
    for upload in uploads {
        var trip = TripState()
        #expect(trip.absorb(upload, limits: .init()) == .facts)
        #expect(trip.owner == ann && trip.points.ordered.isEmpty)
        for upload in uploads { #expect(trip.absorb(upload, limits: .init()) == .nothing) }
    }
}

@Test func `edits of others, and of a trip that is deleted, are refused`() throws {
    let bob = try #require(UserID("bob"))
    let id = try #require(ReportID("p1"))
    let contents: [Upload.Content] = [
        .amendment(Amendment(complete: true)), .correction(.time(1), reading(1)),
        .removal(.time(1)),
        .report(
            ReportedPoint(id: id, kind: 1, latitudeE7: 0, longitudeE7: 0, timeMilliseconds: 1)),
    ]
    var trip = TripState()
    _ = trip.absorb(Upload(user: ann, content: .points([reading(1)])), limits: .init())
    let before = trip
    for content in contents {
        let change = trip.absorb(Upload(user: bob, name: "b", content: content), limits: .init())
        #expect(change == .refused(.foreignTrip))
    }
    #expect(trip == before)
    _ = trip.absorb(Upload(user: ann, content: .deletion), limits: .init())
    for content in contents {
        let change = trip.absorb(Upload(user: ann, content: content), limits: .init())
        #expect(change == .refused(.tripDeleted))
    }
}

@Test func `an edit that leaves the points as they are is known all the same`() {
    var trip = TripState()
    func take(_ content: Upload.Content) -> TripState.Change {
        trip.absorb(Upload(user: ann, content: content), limits: .init())
    }
    #expect(take(.points([reading(1), reading(2)])) == .points(from: 0))
    #expect(take(.correction(.time(2), reading(2))) == .facts)
    #expect(take(.correction(.time(2), reading(2))) == .nothing)
    #expect(take(.removal(.time(9))) == .facts)
    #expect(take(.points([reading(9)])) == .nothing)
    #expect(take(.removal(.time(2))) == .points(from: 1))
    #expect(take(.removal(.time(1))) == .points(from: 0))
    #expect(take(.points([reading(1, 4), reading(3)])) == .points(from: 0))
    #expect(trip.points.ordered == [reading(1, 4), reading(3)])
}

@Test func `a trip takes exactly as many edits as its limit, and stays within the others`() {
    let limits = TripLimits(points: 3, spanMilliseconds: 100, edits: 2)
    var trip = TripState()
    func take(_ content: Upload.Content) -> TripState.Change {
        trip.absorb(Upload(user: ann, content: content), limits: limits)
    }
    #expect(take(.points([reading(0), reading(50), reading(100)])) == .points(from: 0))
    #expect(take(.correction(.sequence(7), reading(60, 7))) == .refused(.tripFull))
    #expect(take(.correction(.time(100), reading(101))) == .refused(.tripFull))
    #expect(take(.correction(.time(50), reading(60))) == .points(from: 1))
    #expect(take(.removal(.time(100))) == .refused(.tripFull))
    #expect(take(.removal(.time(60))) == .points(from: 1))
    #expect(take(.correction(.time(50), reading(50))) == .points(from: 1))
    #expect(trip.refusedAsFull == 3)
    #expect(trip.points.ordered == [reading(0), reading(50), reading(100)])
}
