import Foundation
import Trips

/// A slow and obvious reader of bodies: Foundation's decoder, decimal arithmetic, and the C
/// library's calendar. It shares nothing with the product.
struct ReferenceReader {
    /// Anything that JSON can say.
    enum Value: Decodable {
        case null
        case boolean(Bool)
        case number(Decimal)
        case text(String)
        case array([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let number = try? container.decode(Decimal.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let value = try? container.decode([String: Value].self) {
                self = .object(value)
            } else if let value = try? container.decode([Value].self) {
                self = .array(value)
            } else {
                self = .boolean(try container.decode(Bool.self))
            }
        }
    }

    /// What is to come of a point.
    enum Verdict: Equatable {
        case taken(Point, dropped: Set<String>)
        case rejected(String?)
    }

    /// The latest time that a point may have.
    let latest: Int64

    func verdict(_ value: Value) -> Verdict {
        guard case .object(let members) = value else { return .rejected(nil) }
        guard let time = time(members["time"]) else { return .rejected("time") }
        guard let latitude = scaled(members["latitude"], 10_000_000, -900_000_000...900_000_000)
        else { return .rejected("latitude") }
        guard
            let longitude = scaled(members["longitude"], 10_000_000, -1_800_000_000...1_800_000_000)
        else { return .rejected("longitude") }
        var point = Point(
            timeMilliseconds: time, latitudeE7: Int32(latitude), longitudeE7: Int32(longitude))
        switch members["sequence"] {
        case nil, .null: break
        case let value:
            guard let number = whole(value), (0...9_007_199_254_740_991).contains(number) else {
                return .rejected("sequence")
            }
            point.sequence = number
        }
        var dropped: Set<String> = []
        for reading in PointLimits.readings {
            switch members[reading.name] {
            case nil, .null: continue
            case let value:
                let upper =
                    reading.name == "headingDegrees" ? 36_000 : Int64(reading.range.upperBound)
                let range = Int64(reading.range.lowerBound)...upper
                guard let scaled = scaled(value, Decimal(reading.unit), range) else {
                    dropped.insert(reading.name)
                    continue
                }
                point[keyPath: reading.field] =
                    reading.name == "headingDegrees" ? Int32(scaled % 36_000) : Int32(scaled)
            }
        }
        return .taken(point, dropped: dropped)
    }

    private func scaled(_ value: Value?, _ unit: Decimal, _ range: ClosedRange<Int64>) -> Int64? {
        guard case .number(let number) = value else { return nil }
        guard abs(number) < Decimal(sign: .plus, exponent: 9, significand: 1) else { return nil }
        var product = number * unit
        var rounded = Decimal()
        NSDecimalRound(&rounded, &product, 0, .plain)
        let scaled = Int64(truncating: rounded as NSDecimalNumber)
        return range.contains(scaled) ? scaled : nil
    }

    private func whole(_ value: Value?) -> Int64? {
        guard case .number(var number) = value else { return nil }
        guard abs(number) < Decimal(sign: .plus, exponent: 17, significand: 1) else { return nil }
        var rounded = Decimal()
        NSDecimalRound(&rounded, &number, 0, .plain)
        return rounded == number ? Int64(truncating: rounded as NSDecimalNumber) : nil
    }

    private func time(_ value: Value?) -> Int64? {
        let milliseconds: Int64?
        if case .text(let text) = value {
            milliseconds = Self.milliseconds(text)
        } else {
            milliseconds = whole(value)
        }
        guard let milliseconds, (946_684_800_000...latest).contains(milliseconds) else {
            return nil
        }
        return milliseconds
    }

    private static func milliseconds(_ text: String) -> Int64? {
        let form =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt\ ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))/
        guard let match = text.wholeMatch(of: form)?.output,
            let year = Int32(match.1), let month = Int32(match.2), let day = Int32(match.3),
            let hour = Int(match.4), let minute = Int(match.5), let second = Int(match.6)
        else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        let midnight = timegm(&parts)
        guard parts.tm_mon == month - 1, parts.tm_mday == day, parts.tm_year == year - 1900,
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var offset = 0
        if let hours = match.9.flatMap({ Int($0) }), let minutes = match.10.flatMap({ Int($0) }) {
            guard hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * (match.8 == "-" ? -1 : 1)
        }
        let minutes = midnight / 60 + hour * 60 + minute - offset
        if second == 60, (minutes % 1_440 + 1_440) % 1_440 != 1_439 { return nil }
        let fraction = Int64(((match.7 ?? "") + "000").prefix(3)) ?? 0
        return Int64(minutes * 60 + second) * 1_000 + fraction
    }
}
