internal import Trips
internal import Web

/// The members of a point in `/v1`: four of its own, then ``PointLimits/readings`` in their order.
struct PointField: Equatable {
    /// 0 to 12.
    let number: Int

    static let sequence = PointField(number: 0)
    static let time = PointField(number: 1)
    static let latitude = PointField(number: 2)
    static let longitude = PointField(number: 3)
    /// The number of the first reading.
    static let firstReading = 4
    static let count = 13

    /// Its name in `/v1`.
    var name: String { Self.descriptions[number].name }
    /// What it may be, in words.
    var allowed: String { Self.descriptions[number].allowed }

    private static let descriptions: [(name: String, allowed: String)] =
        [
            ("sequence", "a whole number from 0 to \(PointLimits.sequence.upperBound)"),
            (
                "time",
                "RFC 3339 (2024-05-01T12:00:00.000Z) or epoch milliseconds, from 2000-01-01 to a "
                    + "day ahead"
            ),
            ("latitude", "a number from -90 to 90"),
            ("longitude", "a number from -180 to 180"),
        ] + PointLimits.readings.map { ($0.name, allowed($0)) }

    private static func allowed(_ reading: PointLimits.Reading) -> String {
        func units(_ scaled: Int32) -> String {
            var text = JSONText()
            // Thousandths are exact for hundredths, and for metres per hour cut to what is allowed.
            text.decimal(Int64(scaled) * 1_000 / Int64(reading.unit), scale: 3)
            return text.text
        }
        let upper = reading.name == "headingDegrees" ? "360" : units(reading.range.upperBound)
        return "a number from \(units(reading.range.lowerBound)) to \(upper)"
    }

    /// The field that a key names.
    @inline(__always)
    init?(_ key: UnsafeRawBufferPointer) {
        switch key.count {
        case 4 where key.loadUnaligned(as: UInt32.self) == Self.word4("time"): number = 1
        case 8:
            let word = key.loadUnaligned(as: UInt64.self)
            if word == Self.word("sequence") {
                number = 0
            } else if word == Self.word("latitude") {
                number = 2
            } else if word == Self.word("speedMps") {
                number = 4
            } else {
                return nil
            }
        case 9...25:
            guard let number = Self.long(key) else { return nil }
            self.number = number
        default: return nil
        }
    }

    init(number: Int) { self.number = number }

    @inline(__always)
    private static func long(_ key: UnsafeRawBufferPointer) -> Int? {
        let head = key.loadUnaligned(as: UInt64.self)
        let tail = key.loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self)
        switch key.count {
        case 9:
            if head == word("longitud"), tail == word("ongitude") { return 3 }
            if head == word("engineRp"), tail == word("ngineRpm") { return 8 }
        case 14:
            if head == word("headingD"), tail == word("gDegrees") { return 5 }
            if head == word("altitude"), tail == word("deMeters") { return 6 }
            if head == word("accuracy"), tail == word("cyMeters") { return 7 }
        case 15: if head == word("throttle"), tail == word("ePercent") { return 9 }
        case 17:
            if head == word("engineLo"), tail == word("dPercent"), key[8] == UInt8(ascii: "a") {
                return 10
            }
        case 21: if key.elementsEqual("fuelRateLitersPerHour".utf8) { return 12 }
        case 25: if key.elementsEqual("massAirFlowGramsPerSecond".utf8) { return 11 }
        default: break
        }
        return nil
    }

    /// Eight letters as they lie in memory.
    @inline(__always)
    private static func word(_ letters: StaticString) -> UInt64 {
        UnsafeRawPointer(letters.utf8Start).loadUnaligned(as: UInt64.self)
    }

    @inline(__always)
    private static func word4(_ letters: StaticString) -> UInt32 {
        UnsafeRawPointer(letters.utf8Start).loadUnaligned(as: UInt32.self)
    }
}
