/// The speed over the time of a trip, as a line, and the same as a table.
struct SpeedChart {
    /// Corners that the line has at most.
    static let cornerLimit = 600
    /// Rows that the table has at most.
    static let rowLimit = 30
    /// Width and height of the drawing in its own units.
    static let width = 1_000
    static let height = 200

    /// A stretch of time in the table.
    struct Row {
        let from: Moment
        let elapsed: String
        let slowest: String
        let mean: String
        let fastest: String
    }
    /// An event's place on the chart.
    struct Mark {
        let x: Int
        let markLabel: String
    }

    let width = SpeedChart.width
    let height = SpeedChart.height
    let path: String
    let marks: [Mark]
    /// The first and the last moment in epoch milliseconds.
    let start: Int64
    let end: Int64
    /// The speed at the upper edge, in metres per hour.
    let top: Int64
    /// Speeds from the upper edge down to 0, evenly apart, in the viewer's unit.
    let speedTicks: [String]
    /// Moments from the first to the last, evenly apart.
    let timeTicks: [Moment]
    let unit: String
    let chartSummary: String
    let interval: String
    let rows: [Row]

    /// The chart of a series; nil where it has no duration.
    init?(_ series: SpeedSeries, events: [(at: Int64, label: String)], _ preferences: Preferences) {
        guard let start = series.times.first, let end = series.times.last, end > start else {
            return nil
        }
        let units = preferences.units
        let zone = preferences.zone
        let fastest = series.speeds.max() ?? 0
        let step = Self.step(over: units.speed(fastest))
        let steps = max(1, (units.speed(fastest) + step - 1) / step)
        self.start = start
        self.end = end
        top = Int64((Double(steps * step) * units.metersPerHour).rounded())
        unit = units.speedName
        speedTicks = (0...steps).reversed().map { "\($0 * step)" }
        let isShort = end - start < 600_000
        timeTicks = (0...2).map {
            Moment(start + (end - start) * $0 / 2, isShort ? .clock : .minute, in: zone)
        }
        path = Self.path(series, start, end, top)
        marks = events.map { event in
            Mark(x: Int(Self.x(event.at, start, end).rounded()), markLabel: event.label)
        }
        let words = Words(units: units)
        chartSummary =
            "Speed over time, from 0 to \(words.speed(fastest)), over "
            + Words.duration(milliseconds: end - start)
        let length = Self.length(of: end - start)
        interval = Words.plainDuration(milliseconds: length)
        rows = Self.rows(series, every: length, words, zone)
    }

    private static func x(_ time: Int64, _ start: Int64, _ end: Int64) -> Double {
        Double(min(max(time, start), end) - start) / Double(end - start) * Double(width)
    }

    /// A round number of which two to five reach the speed.
    private static func step(over speed: Int64) -> Int64 {
        [5, 10, 20, 30, 50, 100, 200].first { speed <= $0 * 5 } ?? 500
    }

    private static func path(
        _ series: SpeedSeries, _ start: Int64, _ end: Int64, _ top: Int64
    ) -> String {
        let places = series.times.indices.map { index in
            Place(
                x: x(series.times[index], start, end),
                y: Double(height) * (1 - Double(min(series.speeds[index], top)) / Double(top)))
        }
        var lines: [ArraySlice<Place>] = []
        var first = 0
        for index in places.indices where series.isGap(before: index) {
            lines.append(places[first..<index])
            first = index
        }
        lines.append(places[first...])
        var path = ""
        let kept = Simplification.keep(lines, tolerance: 0.8, limit: cornerLimit)
        for corners in kept { TrackDrawing.append(corners.map { places[$0] }, to: &path) }
        return path
    }

    /// A round length of time of which so many rows are enough for a trip, in milliseconds.
    private static func length(of duration: Int64) -> Int64 {
        let minutes: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720]
        return (minutes.first { duration <= $0 * 60_000 * Int64(rowLimit) } ?? 1_440) * 60_000
    }

    private static func rows(
        _ series: SpeedSeries, every length: Int64, _ words: Words, _ zone: ClockZone
    ) -> [Row] {
        guard let start = series.times.first else { return [] }
        var rows: [Row] = []
        var first = 0
        while first < series.times.count, rows.count < rowLimit {
            let number = (series.times[first] - start) / length
            let until = start + (number + 1) * length
            let last = series.times[first...].firstIndex { $0 >= until } ?? series.times.count
            let speeds = series.speeds[first..<last]
            let mean = speeds.reduce(0, +) / Int64(speeds.count)
            rows.append(
                Row(
                    from: Moment(start + number * length, .clock, in: zone),
                    elapsed: Words.plainDuration(milliseconds: number * length),
                    slowest: words.speed(speeds.min() ?? 0), mean: words.speed(mean),
                    fastest: words.speed(speeds.max() ?? 0)))
            first = last
        }
        return rows
    }
}
