public import Trips

/// Points as `POST /v1/trips/{trip}/points` takes them, written from their scaled integers: what
/// the gateway reads from it is the same points, to the bit.
public enum PointJSON {
    /// The body of an upload.
    public static func body(
        user: UserID? = nil, name: String? = nil, vin: String? = nil, points: some Sequence<Point>
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(points.underestimatedCount * 120 + 100)
        text.append(UInt8(ascii: "{"))
        for (key, value) in [("userId", user?.rawValue), ("name", name), ("vin", vin)] {
            guard let value else { continue }
            text.append(contentsOf: "\"\(key)\":".utf8)
            appendString(value, to: &text)
            text.append(UInt8(ascii: ","))
        }
        text.append(contentsOf: "\"points\":[".utf8)
        var isFirst = true
        for point in points {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            append(point, to: &text)
        }
        text.append(contentsOf: "]}".utf8)
        return text
    }

    /// Appends one point as an object; a missing reading is left out, the time is milliseconds.
    public static func append(_ point: Point, to text: inout [UInt8]) {
        text.append(contentsOf: "{\"time\":".utf8)
        DecimalText.append(point.timeMilliseconds, places: 0, to: &text)
        if point.sequence != Point.unnumbered {
            text.append(contentsOf: ",\"sequence\":".utf8)
            DecimalText.append(point.sequence, places: 0, to: &text)
        }
        text.append(contentsOf: ",\"latitude\":".utf8)
        DecimalText.append(Int64(point.latitudeE7), places: 7, to: &text)
        text.append(contentsOf: ",\"longitude\":".utf8)
        DecimalText.append(Int64(point.longitudeE7), places: 7, to: &text)
        for reading in PointLimits.readings {
            let value = point[keyPath: reading.field]
            guard value != Point.missing else { continue }
            text.append(contentsOf: ",\"".utf8)
            text.append(contentsOf: reading.name.utf8)
            text.append(contentsOf: "\":".utf8)
            appendReading(value, unit: reading.unit, to: &text)
        }
        text.append(UInt8(ascii: "}"))
    }

    /// A value in `1 / unit`: to the hundredth where that is exact, else with five decimals, whose
    /// error of 5e-6 × 3,600 stays far below half a metre per hour.
    private static func appendReading(_ value: Int32, unit: Int32, to text: inout [UInt8]) {
        if unit == 100 {
            DecimalText.append(Int64(value), places: 2, to: &text)
        } else {
            let doubled = Int64(value) * 200_000 / Int64(unit)
            DecimalText.append((doubled + (doubled < 0 ? -1 : 1)) / 2, places: 5, to: &text)
        }
    }

    static func appendString(_ string: String, to text: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                text.append(contentsOf: "\\u00".utf8)
                text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
