import Testing
import Trips

private let ann = user("ann")
private let bob = user("bob")

private func user(_ name: String) -> UserID {
    guard let user = UserID(name) else { preconditionFailure(name) }
    return user
}

private func batch(_ times: some Sequence<Int64>) -> Upload.Content {
    .points(times.map { Point(timeMilliseconds: $0, latitudeE7: 0, longitudeE7: 0) })
}

@Test func `a trip belongs to its first writer, whatever others send`() {
    var trip = TripState()
    #expect(
        trip.absorb(Upload(user: ann, content: batch([1])), limits: .init()) == .points(from: 0))
    for content in [batch([2]), .end, .deletion, .start] {
        let change = trip.absorb(Upload(user: bob, name: "mine", content: content), limits: .init())
        #expect(change == .refused(.foreignTrip))
    }
    #expect(trip.owner == ann)
    #expect(trip.points.ordered.count == 1)
    #expect(!trip.isEnded && !trip.isDeleted && trip.name == nil)
}

@Test func `the last name counts, and an end stays through late points`() {
    var trip = TripState()
    _ = trip.absorb(Upload(user: ann, name: "a", content: .start), limits: .init())
    #expect(trip.absorb(Upload(user: ann, name: "a", content: .start), limits: .init()) == .nothing)
    #expect(trip.absorb(Upload(user: ann, content: .end), limits: .init()) == .facts)
    #expect(trip.absorb(Upload(user: ann, content: .end), limits: .init()) == .nothing)
    #expect(
        trip.absorb(Upload(user: ann, name: "b", content: batch([9, 3])), limits: .init())
            == .points(from: 0))
    #expect(trip.isEnded && trip.name == "b")
}

@Test func `an end that does not say whose it is counts as the owner's, also if it comes first`() {
    var trip = TripState()
    #expect(trip.absorb(Upload(user: nil, content: .end), limits: .init()) == .facts)
    #expect(trip.owner == nil && trip.isEnded)
    _ = trip.absorb(Upload(user: ann, content: batch([1])), limits: .init())
    #expect(trip.owner == ann)
    #expect(trip.absorb(Upload(user: nil, content: .end), limits: .init()) == .nothing)
}

@Test func `a deleted trip keeps its owner and takes nothing more`() {
    var trip = TripState()
    _ = trip.absorb(Upload(user: ann, content: batch([1, 2])), limits: .init())
    #expect(trip.absorb(Upload(user: ann, content: .deletion), limits: .init()) == .facts)
    #expect(trip.absorb(Upload(user: ann, content: .deletion), limits: .init()) == .nothing)
    #expect(
        trip.absorb(Upload(user: ann, content: batch([3])), limits: .init())
            == .refused(.tripDeleted))
    #expect(trip.owner == ann && trip.points.ordered.isEmpty)
}

@Test func `a trip takes exactly as many points as its limit, and repeats do not count`() {
    let limits = TripLimits(points: 5)
    var trip = TripState()
    _ = trip.absorb(Upload(user: ann, content: batch(0..<3)), limits: limits)
    #expect(
        trip.absorb(Upload(user: ann, content: batch(0..<5)), limits: limits) == .points(from: 3))
    #expect(trip.absorb(Upload(user: ann, content: batch(0..<5)), limits: limits) == .nothing)
    #expect(
        trip.absorb(Upload(user: ann, content: batch([7])), limits: limits)
            == .refused(.tripFull))
    #expect(trip.points.ordered.count == 5)
    #expect(trip.refusedAsFull == 1)
}

@Test func `a trip may span exactly its limit of time`() {
    let limits = TripLimits(spanMilliseconds: 100)
    var trip = TripState()
    _ = trip.absorb(Upload(user: ann, content: batch([1_000, 1_050])), limits: limits)
    #expect(
        trip.absorb(Upload(user: ann, content: batch([1_100])), limits: limits) == .points(from: 2))
    for time: Int64 in [1_101, 999] {
        #expect(
            trip.absorb(Upload(user: ann, content: batch([time])), limits: limits)
                == .refused(.tripFull))
    }
    #expect(trip.refusedAsFull == 2)
}
