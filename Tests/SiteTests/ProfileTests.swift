import HTTPTypes
import Hummingbird
import NIOCore
import Projection
import Testing
import Topics
import Trips

@testable import Site

@Suite struct ProfileTests {
    private func rows(_ scores: [Int64?], meters: Int64 = 10_000) -> [TripRow] {
        scores.enumerated().map { index, score in
            var row = row(message("t\(index)"))
            row.score = score
            row.distanceMeters = meters
            row.sortMilliseconds = 1_767_225_600_000 - Int64(index) * 86_400_000
            return row
        }
    }

    @Test func `the history of a rating is what it was after each trip`() {
        // Newest first: 60, none, 80, 100.
        let history = RatingHistory(rows([60, nil, 80, 100]))
        #expect(history.points.map(\.tenths) == [1_000, 900, 800])
        #expect(history.points.last?.milliseconds == 1_767_225_600_000)
        #expect(RatingHistory([]).points.isEmpty)
    }

    @Test func `a long history keeps its last rating`() {
        let many = (0..<500).map { Int64($0 % 101) as Int64? }
        let history = RatingHistory(rows(many))
        #expect(history.points.count <= RatingHistory.pointLimit)
        #expect(history.points.last?.milliseconds == 1_767_225_600_000)
        // Beyond 1,000 km older trips do not count: 100 trips of 10 km.
        var rating = UserRating()
        for score in many.prefix(100) { rating.add(score: score ?? 0, distanceMeters: 10_000) }
        #expect(history.points.last?.tenths == rating.tenths)
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
        var totals = UserTotals()
        totals.trips = 3
        totals.ratingTenths = 800
        let view = ProfileView(
            user: "<ann>", totals, RatingHistory(rows([60, 80])), Preferences(), formToken: "t")
        #expect(view.curve == "M0 40l1000 20")
        #expect(view.history.map(\.rated) == ["70.0", "80.0"])
        let page = Templates.render(
            .profile, Frame("Profile", Preferences(), SiteOptions()), view)
        #expect(page.contains("&lt;ann&gt;") && page.contains("Great!"))
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
}
