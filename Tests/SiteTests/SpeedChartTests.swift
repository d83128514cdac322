import Testing
import Trips

@testable import Site

@Suite struct SpeedChartTests {
    private func chart(_ points: [Point], top: Int64 = 0, _ units: Units = .metric) -> SpeedChart? {
        var preferences = Preferences()
        preferences.units = units
        return SpeedChart(SpeedSeries(points, top: top), events: [], preferences)
    }

    @Test func `there is no chart of a moment`() {
        #expect(chart([]) == nil)
        #expect(chart(points(0..<1)) == nil)
    }

    @Test func `chart and table say the same`() throws {
        var points = points(0..<121)
        for index in points.indices {
            points[index].speedMetersPerHour = index < 60 ? 36_000 : 72_000
        }
        let chart = try #require(self.chart(points))
        #expect(chart.speedTicks == ["80", "60", "40", "20", "0"])
        #expect(chart.top == 80_000)
        // 36 km/h is at 110 of 200 from above, 72 km/h at 20; 60 of 120 s are half of the width.
        #expect(chart.path == "M0 110l492 0 8-90 500 0")
        #expect(chart.rows.map(\.mean) == ["36 km/h", "72 km/h", "72 km/h"])
        #expect(chart.rows.map(\.elapsed) == ["0 min", "1 min", "2 min"])
        #expect(chart.interval == "1 min")
        let miles = try #require(self.chart(points, .imperial))
        #expect(miles.rows.map(\.fastest) == ["22 mph", "45 mph", "45 mph"])
        #expect(miles.speedTicks == ["50", "40", "30", "20", "10", "0"])
    }

    @Test func `nothing is drawn or said of a gap`() throws {
        var points = points(0..<20)
        for index in points.indices { points[index].speedMetersPerHour = 50_000 }
        for index in 10..<20 { points[index].timeMilliseconds += 600_000 }
        let chart = try #require(self.chart(points))
        #expect(chart.path.filter { $0 == "M" }.count == 2)
        #expect(chart.rows.map(\.elapsed) == ["0 min", "10 min"])
    }

    @Test func `a jump of the position is no speed`() throws {
        var points = points(0..<20)
        points[10].latitudeE7 += 900_000
        let series = SpeedSeries(points, top: 60_000)
        #expect(series.speeds.allSatisfy { $0 <= 60_000 })
        #expect(series.speeds.allSatisfy { $0 > 30_000 })
    }

    @Test func `the longest trip has a table that can be read`() throws {
        var points = points(0..<2_000)
        for index in points.indices { points[index].timeMilliseconds += Int64(index) * 301_000 }
        let chart = try #require(self.chart(points))
        #expect(chart.rows.count <= SpeedChart.rowLimit)
    }
}
