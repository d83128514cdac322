import Testing
import Topics
import Trips
import Web

@testable import Site

@Suite struct HiddenHomeTests {
    @Test(arguments: [50, 300, 5_000])
    func `nothing of a trip is left within the circle`(radius: Int) {
        let home = HomeCircle(
            latitudeE7: 476_400_000, longitudeE7: -1_221_306_499, radiusMeters: radius)
        let all = points(0..<600)
        let left = HiddenHome.cut(all, home)
        let middle = Point(
            timeMilliseconds: 0, latitudeE7: home.latitudeE7, longitudeE7: home.longitudeE7)
        let far = all.filter { Geometry.distanceMeters(from: middle, to: $0) > Double(radius) }
        #expect(left == far && left.count < all.count)
        #expect(HiddenHome.cut(all, nil) == all)
    }

    @Test func `an event within the circle is not told`() {
        let message = message()
        let at = HomeCircle(
            latitudeE7: message.events[0].latitudeE7, longitudeE7: message.events[0].longitudeE7,
            radiusMeters: 50)
        #expect(HiddenHome.cut(message, at).events.isEmpty)
        var away = at
        away.latitudeE7 += 100_000
        #expect(HiddenHome.cut(message, away).events.count == 1)
    }

    @Test(
        arguments: [
            ("47.64", 476_400_000), ("-122,1303", -1_221_303_000), (" 0 ", 0),
            ("180", 1_800_000_000), ("180.1", nil), ("", nil), ("nan", nil), ("12a", nil),
        ] as [(String, Int32?)])
    func `degrees are read as people write them`(text: String, degrees: Int32?) {
        #expect((try? HomeForm.degrees(text, "longitude", upTo: 180)) == degrees)
    }
}
