import Foundation
import Testing
import Trips

@Test func `cosine agrees with the library's to 1e-12`() {
    for latitude in stride(from: Int32(-900_000_000), through: 900_000_000, by: 1_234_567) {
        let expected = cos(Double(latitude) / 1e7 * .pi / 180)
        #expect(abs(Geometry.cosine(latitudeE7: latitude) - expected) < 1e-12)
    }
}

@Test func `a step across the antimeridian goes the short way`() {
    let a = Point(timeMilliseconds: 0, latitudeE7: 0, longitudeE7: 1_799_999_000)
    let b = Point(timeMilliseconds: 0, latitudeE7: 0, longitudeE7: -1_799_999_000)
    #expect(abs(Geometry.step(from: a, to: b).east - 22.24) < 0.01)
    #expect(abs(Geometry.step(from: b, to: a).east + 22.24) < 0.01)
}

@Test(arguments: [
    ("a", true), ("A-Z_0.9~:x", true), (String(repeating: "x", count: 128), true), ("", false),
    (String(repeating: "x", count: 129), false), ("a b", false), ("a/b", false), ("ü", false),
    ("a\u{0}", false), ("%41", false),
])
func `a trip id is what its rule says`(text: String, isGood: Bool) {
    #expect((TripID(text) != nil) == isGood)
}

@Test(arguments: [
    ("ann", true), ("auth0|12 é", true), ("", false), ("a\nb", false), ("a\u{85}", false),
    (String(repeating: "é", count: 128), true), (String(repeating: "é", count: 129), false),
])
func `a user id is what its rule says`(text: String, isGood: Bool) {
    #expect((UserID(text) != nil) == isGood)
}

@Test func `each value of a point has its range, limits included`() {
    let good = Point(timeMilliseconds: 946_684_800_000, latitudeE7: 900_000_000, longitudeE7: 0)
    #expect(PointLimits.violation(in: good) == nil)
    var early = good
    early.timeMilliseconds -= 1
    #expect(PointLimits.violation(in: early) == "time")
    var north = good
    north.latitudeE7 += 1
    #expect(PointLimits.violation(in: north) == "latitude")
    var west = good
    west.longitudeE7 = -1_800_000_001
    #expect(PointLimits.violation(in: west) == "longitude")
    var unnumbered = good
    unnumbered.sequence = -2
    #expect(PointLimits.violation(in: unnumbered) == "sequence")
    for reading in PointLimits.readings {
        for value in [reading.range.lowerBound, reading.range.upperBound, Point.missing] {
            var point = good
            point[keyPath: reading.field] = value
            #expect(PointLimits.violation(in: point) == nil)
        }
        for value in [reading.range.lowerBound - 1, reading.range.upperBound + 1] {
            var point = good
            point[keyPath: reading.field] = value
            #expect(PointLimits.violation(in: point) == reading.name)
        }
    }
}
