internal import Topics
internal import Trips
internal import Web

/// A track as the page's script takes it: small, and told what to draw in which style.
///
/// `{"start": ms, "time": [ms since the one before…], "latitude": […], "longitude": […], "speed":
/// […], "runs": [[style, first, last]…], "events": [{"at", "latitude", "longitude", "kind",
/// "severity", "label"}…]}`. Positions are in 1e-6 degree, speeds in 100 metres per hour; of each
/// column but `time` the first value is whole, every further one the difference to the one before.
enum DriveData {
    /// Events that are told at most.
    static let eventLimit = 300

    /// The track's bytes.
    static func compose(
        _ points: [Point], _ message: Tacho_V1_TripScore, _ units: Units
    ) -> [UInt8] {
        let series = SpeedSeries(points, top: Int64(message.maxSpeedMPerH))
        let classes = SpeedClasses(units)
        var json = JSONText(capacity: 1_024 + points.count * 20)
        json.beginObject()
        json.member("start", integer: series.times.first ?? 0)
        differences("time", series.times, from: series.times.first ?? 0, &json)
        differences("latitude", points.map { Int64($0.latitudeE7) / 10 }, &json)
        differences("longitude", points.map { Int64($0.longitudeE7) / 10 }, &json)
        differences("speed", series.speeds.map { ($0 + 50) / 100 }, &json)
        json.key("runs")
        json.beginArray()
        for run in series.runs(classes) {
            json.beginArray()
            json.string(classes.style(of: run.line))
            json.integer(Int64(run.points.lowerBound))
            json.integer(Int64(run.points.upperBound))
            json.endArray()
        }
        json.endArray()
        append(message.events, Words(units: units), &json)
        json.endObject()
        return json.bytes
    }

    private static func differences(
        _ name: String, _ values: [Int64], from first: Int64 = 0, _ json: inout JSONText
    ) {
        json.key(name)
        json.beginArray()
        var last = first
        for value in values {
            json.integer(value - last)
            last = value
        }
        json.endArray()
    }

    private static func append(
        _ events: [Tacho_V1_DrivingEvent], _ words: Words, _ json: inout JSONText
    ) {
        json.key("events")
        json.beginArray()
        for (index, event) in events.prefix(eventLimit).enumerated() {
            json.beginObject()
            json.member("number", integer: Int64(index + 1))
            json.member("at", integer: event.startedAtMs)
            json.member("latitude", integer: Int64(event.latitudeE7) / 10)
            json.member("longitude", integer: Int64(event.longitudeE7) / 10)
            json.member("kind", string: event.kind)
            json.member("severity", string: EventView.severity(event.severity))
            json.member(
                "label",
                string:
                    "\(Words.sentence(Words.kind(event.kind))): \(words.change(of: event)), cost "
                    + EventView.cost(Int64(event.points)))
            json.endObject()
        }
        json.endArray()
    }
}
