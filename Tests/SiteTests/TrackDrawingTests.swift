import Projection
import Testing
import Topics
import Trips

@testable import Site

@Suite struct TrackDrawingTests {
    private func drawing(_ points: [Point]) -> TrackDrawing? {
        let classes = SpeedClasses(.metric)
        return TrackDrawing(points, SpeedSeries(points).runs(classes), classes)
    }

    /// A walk with the noise of a receiver; `step` in 1e-7 degree.
    private func walk(_ count: Int, step: Int32, seed: UInt64) -> [Point] {
        var random = seed
        func next(_ bound: Int32) -> Int32 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int32(random >> 33) % (2 * bound + 1) - bound
        }
        var point = points(0..<1)[0]
        return (0..<count).map { index in
            point.sequence = Int64(index)
            point.timeMilliseconds += 1_000
            point.latitudeE7 += next(step)
            point.longitudeE7 += next(step)
            if index % 9 == 0 { point.speedMetersPerHour = next(60_000).magnitudeOr0 }
            return point
        }
    }

    @Test(arguments: [1, 300, 3_000, 90_000] as [Int32])
    func `the page of a trip of two hours and a thousand events stays below 60 KB`(
        step: Int32
    ) throws {
        let points = walk(7_200, step: step, seed: 7)
        var message = message()
        message.events = [Tacho_V1_DrivingEvent](repeating: message.events[0], count: 1_000)
        let html = tripPage(row(message), message, points)
        #expect(html.utf8.count < 60_000)
        #expect(try Markup(html).isWhole)
        #expect(html.contains("940 more"))
        #expect(DriveData.compose(points, message, .metric).count < 320_000)
        #expect(Thumbnail.compose(points).utf8.count < 1_600)
    }

    @Test func `every corner lies within the drawing`() throws {
        for seed in UInt64(1)...20 {
            let points = walk(500, step: 3_000, seed: seed)
            let drawing = try #require(self.drawing(points))
            for point in points {
                let place = drawing.place(
                    latitudeE7: point.latitudeE7, longitudeE7: point.longitudeE7)
                #expect(
                    (0...TrackDrawing.width).contains(place.x)
                        && (0...drawing.height).contains(place.y), "seed \(seed)")
            }
        }
    }

    @Test func `nothing is drawn of nothing, and a dot of a point`() throws {
        #expect(drawing([]) == nil)
        let one = try #require(self.drawing(points(0..<1)))
        #expect(one.paths.allSatisfy { $0.isEmpty })
        #expect(one.ends.first == one.ends.last)
        let still = try #require(self.drawing(points(0..<1) + points(0..<1)))
        #expect(still.paths[0].hasSuffix("l0 0"))
    }

    @Test func `the way across the antimeridian is the short one`() throws {
        var points = points(0..<2)
        points[0].longitudeE7 = 1_799_999_000
        points[1].longitudeE7 = -1_799_999_000
        let drawing = try #require(self.drawing(points))
        #expect(drawing.ends.last.x - drawing.ends.first.x > 0)
        #expect(drawing.scaleBar(.metric) == ("10 m", drawing.scaleBar(.metric).units))
    }

    @Test func `speed and gaps have lines of their own`() throws {
        var points = points(0..<60)
        for index in points.indices {
            points[index].speedMetersPerHour = index < 30 ? 5_000 : 90_000
        }
        for index in 40..<60 { points[index].timeMilliseconds += 60_000 }
        let drawing = try #require(self.drawing(points))
        #expect(drawing.paths.map(\.isEmpty) == [false, true, true, true, false, false])
        // A single reading that differs does not speckle the line.
        points = SiteTests.points(0..<60)
        for index in points.indices {
            points[index].speedMetersPerHour = index == 30 ? 90_000 : 40_000
        }
        let plain = try #require(self.drawing(points))
        #expect(plain.paths.map(\.isEmpty) == [true, true, false, true, true, true])
    }

    @Test func `simplification stays within its tolerance`() {
        let places = (0..<400).map { index in
            Place(x: Double(index), y: Double((index * index * 7) % 23))
        }
        for tolerance in [0.5, 3.0, 12.0] {
            let kept = Simplification.keep(places[...], tolerance: tolerance)
            #expect(kept.first == 0 && kept.last == 399)
            for (a, b) in zip(kept, kept.dropFirst()) {
                for index in a...b {
                    let distance = distance(places[index], places[a], places[b])
                    #expect(distance <= tolerance + 1e-9)
                }
            }
        }
        #expect(Simplification.keep(places[0..<1], tolerance: 1) == [0])
    }

    private func distance(_ p: Place, _ a: Place, _ b: Place) -> Double {
        let length = ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
        guard length > 0 else { return 0 }
        return abs((b.x - a.x) * (a.y - p.y) - (a.x - p.x) * (b.y - a.y)) / length
    }
}

extension Int32 {
    fileprivate var magnitudeOr0: Int32 { self < 0 ? 0 : self }
}
