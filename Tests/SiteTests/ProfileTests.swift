import HTTPTypes
import Hummingbird
import NIOCore
@testable import Projection
import Testing
import Topics
import Trips

@testable import Site

@Suite struct ProfileTests {
    private func history(_ ratings: [Int64?]) throws -> [RatingPoint] {
        try ratings.enumerated().map { index, tenths in
            RatingPoint(
                trip: try #require(TripID("t\(index)")),
                sortMilliseconds: 1_767_225_600_000 + Int64(index) * 86_400_000, score: 80,
                distanceMeters: 10_000, ratingTenths: tenths)
        }
    }

    @Test func `of a long history some ratings are shown, and the last`() throws {
        let some = ProfileView.some(try history((0..<500).map { Int64($0) }))
        #expect(some.count <= ProfileView.pointLimit)
        #expect(some.last?.tenths == 499 && some.last?.milliseconds == 1_810_339_200_000)
        #expect(ProfileView.some([]).isEmpty)
        #expect(ProfileView.some(try history([800, nil, 700])).map(\.tenths) == [800, 700])
    }

    @Test(
        arguments: [
            (nil, "not available"), (0, "not available"), (1, "Poor"), (450, "Poor"),
            (451, "Average"), (750, "Average"), (751, "Great!"), (900, "Great!"), (901, "Amazing!"),
        ] as [(Int64?, String)])
    func `skill has the app's words`(tenths: Int64?, word: String) {
        #expect(ProfileView.skill(tenths: tenths) == word)
    }

    @Test func `a profile says the same as a chart and as a table`() throws {
        var summary = UserSummary(
            profile: Profile(of: try #require(UserID("<ann>"))), totals: UserTotals(), place: 3)
        summary.totals.trips = 3
        summary.totals.ratingTenths = 800
        summary.profile.home = HomeCircle(
            latitudeE7: 476_400_000, longitudeE7: -1_221_303_000, radiusMeters: 250)
        let view = ProfileView(
            user: "<ann>", summary, try history([800, 700]), ranked: 17, Preferences(),
            formToken: "t")
        #expect(view.place == "3 of 17")
        #expect(view.curve == "M0 40l1000 20")
        #expect(view.history.map(\.rated) == ["70.0", "80.0"])
        let page = Templates.render(
            .profile, Frame("Profile", Preferences(), SiteOptions()), view)
        #expect(page.contains("&lt;ann&gt;") && page.contains("Great!"))
        #expect(page.contains("value=\"47.64\"") && page.contains("value=\"-122.1303\""))
        #expect(try Markup(page).isWhole)
    }

    @Test(
        arguments: [
            ("", "kmh UTC false"), ("tacho_units=mph", "mph UTC false"),
            ("tacho_device_zone=Europe/Berlin", "kmh Europe/Berlin false"),
            ("a=b; tacho_zone=Asia/Tokyo; tacho_device_zone=Europe/Berlin", "kmh Asia/Tokyo true"),
            ("tacho_units=knots; tacho_zone=Mars/Base", "kmh UTC false"),
            ("tacho_units; =; ;tacho_units=mph=", "kmh UTC false"),
        ])
    func `what cookies say is kept, and nothing else`(cookie: String, wanted: String) {
        let request = Request(
            head: .init(
                method: .get, scheme: "http", authority: "x", path: "/",
                headerFields: [.cookie: cookie]),
            body: .init(buffer: ByteBuffer()))
        let found = Preferences(of: request)
        #expect("\(found.units.rawValue) \(found.zone.name) \(found.isZoneChosen)" == wanted)
    }

    @Test(
        arguments: [
            ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
            ("http://127.0.0.1:8089/{z}/{x}/{y}", "http://127.0.0.1:8089"),
            ("ftp://tiles.example/{z}/{x}/{y}", nil), ("https://tiles.example/{z}/{x}", nil),
            ("https://a.example; script-src */{z}/{x}/{y}", nil), ("https:///{z}/{x}/{y}", nil),
        ] as [(String, String?)])
    func `a policy names the host of tiles, and lets nothing else in`(url: String, origin: String?)
    {
        #expect(TileSource(url: url)?.origin == origin)
    }

    @Test(
        arguments: [
            ("user=ann", "ann"), ("status=&user=J%C3%BCrgen+M.&x=1", "Jürgen M."),
            ("user=a%2Bb", "a+b"), ("user=", ""), ("status=x", nil), ("user=%ff", nil), (nil, nil),
        ] as [(String?, String?)])
    func `a form's field is read as browsers write it`(query: String?, value: String?) {
        #expect(Address.field("user", of: query) == value)
        if let value { #expect(Address.encoded(value).utf8.allSatisfy { $0 < 0x80 }) }
    }
}
