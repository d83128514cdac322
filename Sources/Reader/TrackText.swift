internal import Trips
internal import Web

/// A track in each of its forms. A column without any value is left out; a value that is missing
/// within a column is null in JSON and empty in CSV.
struct TrackText {
    let trip: TripID
    /// The trip's name, where it has one.
    let name: String?
    /// The trip's points in order.
    let points: [Point]

    /// The track's bytes.
    func bytes(_ format: TrackFormat) -> [UInt8] {
        switch format {
        case .json: json()
        case .geojson: geoJSON()
        case .gpx: gpx()
        case .csv: csv()
        }
    }

    /// `{"trip", "columns": {"sequence": […], "time": […], …}}`.
    private func json() -> [UInt8] {
        var json = JSONText(capacity: 128 + points.count * 80)
        json.beginObject()
        json.member("trip", string: trip.rawValue)
        json.key("columns")
        json.beginObject()
        column("sequence", &json, isPresent: hasSequence) { point, json in
            if point.sequence == Point.unnumbered {
                json.null()
            } else {
                json.integer(point.sequence)
            }
        }
        column("time", &json) { $1.time(milliseconds: $0.timeMilliseconds) }
        column("latitude", &json) { $1.decimal(Int64($0.latitudeE7), scale: 7) }
        column("longitude", &json) { $1.decimal(Int64($0.longitudeE7), scale: 7) }
        for reading in PointLimits.readings where has(reading) {
            column(reading.name, &json) { point, json in
                let value = point[keyPath: reading.field]
                if value == Point.missing { return json.null() }
                let (scaled, scale) = decimal(value, of: reading)
                json.decimal(scaled, scale: scale)
            }
        }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private func column(
        _ name: String, _ json: inout JSONText, isPresent: Bool = true,
        _ value: (Point, inout JSONText) -> Void
    ) {
        guard isPresent else { return }
        json.key(name)
        json.beginArray()
        for point in points { value(point, &json) }
        json.endArray()
    }

    /// A `Feature` with the times of its positions in `coordTimes`.
    private func geoJSON() -> [UInt8] {
        var json = JSONText(capacity: 256 + points.count * 64)
        json.beginObject()
        json.member("type", string: "Feature")
        json.member("id", string: trip.rawValue)
        json.key("geometry")
        switch points.count {
        case 0: json.null()
        case 1:
            json.beginObject()
            json.member("type", string: "Point")
            json.key("coordinates")
            coordinates(points[0], &json)
            json.endObject()
        default:
            json.beginObject()
            json.member("type", string: "LineString")
            json.key("coordinates")
            json.beginArray()
            for point in points { coordinates(point, &json) }
            json.endArray()
            json.endObject()
        }
        json.key("properties")
        json.beginObject()
        json.member("trip", string: trip.rawValue)
        json.member("name", string: name)
        column("coordTimes", &json) { $1.time(milliseconds: $0.timeMilliseconds) }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    private func coordinates(_ point: Point, _ json: inout JSONText) {
        json.beginArray()
        json.decimal(Int64(point.longitudeE7), scale: 7)
        json.decimal(Int64(point.latitudeE7), scale: 7)
        if point.altitudeCentimeters != Point.missing {
            json.decimal(Int64(point.altitudeCentimeters), scale: 2)
        }
        json.endArray()
    }

    /// GPX 1.1: one track of one segment.
    private func gpx() -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256 + points.count * 96)
        text +=
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <gpx version="1.1" creator="Tacho" xmlns="http://www.topografix.com/GPX/1/1">
            <trk><name>
            """.utf8
        text += xml(name ?? trip.rawValue).utf8
        text += "</name><trkseg>\n".utf8
        for point in points {
            text += "<trkpt lat=\"".utf8
            text += number(Int64(point.latitudeE7), scale: 7)
            text += "\" lon=\"".utf8
            // The schema has 180° west only.
            let longitude = point.longitudeE7 == 1_800_000_000 ? -1_800_000_000 : point.longitudeE7
            text += number(Int64(longitude), scale: 7)
            text += "\">".utf8
            if point.altitudeCentimeters != Point.missing {
                text += "<ele>".utf8
                text += number(Int64(point.altitudeCentimeters), scale: 2)
                text += "</ele>".utf8
            }
            text += "<time>".utf8
            text += time(point)
            text += "</time></trkpt>\n".utf8
        }
        text += "</trkseg></trk></gpx>\n".utf8
        return text
    }

    /// One row a point under a header whose names `tacho import` knows.
    private func csv() -> [UInt8] {
        let readings = PointLimits.readings.filter(has)
        let names =
            (hasSequence ? ["sequence"] : []) + ["time", "latitude", "longitude"]
            + readings.map { snakeCase($0.name) }
        var text = Array(names.joined(separator: ",").utf8)
        text.reserveCapacity(text.count + points.count * (48 + 8 * readings.count))
        text += "\r\n".utf8
        for point in points {
            if hasSequence {
                if point.sequence != Point.unnumbered { text += number(point.sequence, scale: 0) }
                text.append(UInt8(ascii: ","))
            }
            text += time(point)
            text.append(UInt8(ascii: ","))
            text += number(Int64(point.latitudeE7), scale: 7)
            text.append(UInt8(ascii: ","))
            text += number(Int64(point.longitudeE7), scale: 7)
            for reading in readings {
                text.append(UInt8(ascii: ","))
                let value = point[keyPath: reading.field]
                guard value != Point.missing else { continue }
                let (scaled, scale) = decimal(value, of: reading)
                text += number(scaled, scale: scale)
            }
            text += "\r\n".utf8
        }
        return text
    }

    private var hasSequence: Bool { points.contains { $0.sequence != Point.unnumbered } }

    private func has(_ reading: PointLimits.Reading) -> Bool {
        points.contains { $0[keyPath: reading.field] != Point.missing }
    }

    /// A reading's value in its unit of `/v1`.
    private func decimal(
        _ value: Int32, of reading: PointLimits.Reading
    ) -> (scaled: Int64, scale: Int) {
        reading.unit == 3_600 ? (tenThousandthsMps(value), 4) : (Int64(value), 2)
    }

    private func number(_ value: Int64, scale: Int) -> [UInt8] {
        var json = JSONText(capacity: 24)
        json.decimal(value, scale: scale)
        return json.bytes
    }

    private func time(_ point: Point) -> ArraySlice<UInt8> {
        var json = JSONText(capacity: 32)
        json.time(milliseconds: point.timeMilliseconds)
        return json.bytes.dropFirst().dropLast()
    }

    /// `speedMps` as `speed_mps`.
    private func snakeCase(_ name: String) -> String {
        var text = ""
        for character in name {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }

    private func xml(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // No XML 1.0 document may hold these, escaped or not.
            case "\u{fffe}", "\u{ffff}": escaped += "\u{fffd}"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
