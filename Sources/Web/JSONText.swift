/// JSON, written from left to right into bytes.
///
/// Commas come by themselves: one stands before every member and element but the first. That
/// brackets close and keys have values is the caller's matter. A value of its own at the top may
/// follow another after ``lineBreak()``.
public struct JSONText: Sendable {
    /// What is written so far, valid UTF-8.
    public private(set) var bytes: [UInt8] = []

    /// Nothing yet, with room for so many bytes.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// What is written so far, as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes the object opened last.
    public mutating func endObject() { bytes.append(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes the array opened last.
    public mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

    /// Ends a line, as between the values of NDJSON.
    public mutating func lineBreak() { bytes.append(UInt8(ascii: "\n")) }

    /// The name of the next member.
    public mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Text, quoted and escaped.
    public mutating func string(_ value: String) {
        open(UInt8(ascii: "\""))
        for byte in value.utf8 { escape(byte) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A whole number.
    public mutating func integer(_ value: Int64) {
        separate()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        digits(value.magnitude, atLeast: 1)
    }

    /// `value` / 10^`scale` exactly, without zeros at the end: 476397199 at 7 is `47.6397199`.
    ///
    /// - Precondition: `scale` is 0…18.
    public mutating func decimal(_ value: Int64, scale: Int) {
        separate()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var unit: UInt64 = 1
        for _ in 0..<scale { unit *= 10 }
        digits(value.magnitude / unit, atLeast: 1)
        let fraction = value.magnitude % unit
        guard fraction != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        digits(fraction, atLeast: scale)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }

    /// An instant as RFC 3339 in UTC with milliseconds, from milliseconds since
    /// 1970-01-01T00:00:00Z, in the years 0 to 9999.
    public mutating func time(milliseconds: Int64) {
        open(UInt8(ascii: "\""))
        let days = floorDivide(milliseconds, 86_400_000)
        let (year, month, day) = CivilDay.date(ofDay: days)
        digits(UInt64(year), atLeast: 4)
        bytes.append(UInt8(ascii: "-"))
        digits(UInt64(month), atLeast: 2)
        bytes.append(UInt8(ascii: "-"))
        digits(UInt64(day), atLeast: 2)
        bytes.append(UInt8(ascii: "T"))
        let rest = UInt64(milliseconds - days * 86_400_000)
        digits(rest / 3_600_000, atLeast: 2)
        bytes.append(UInt8(ascii: ":"))
        digits(rest / 60_000 % 60, atLeast: 2)
        bytes.append(UInt8(ascii: ":"))
        digits(rest / 1_000 % 60, atLeast: 2)
        bytes.append(UInt8(ascii: "."))
        digits(rest % 1_000, atLeast: 3)
        bytes.append(contentsOf: [UInt8(ascii: "Z"), UInt8(ascii: "\"")])
    }

    /// `true` or `false`.
    public mutating func boolean(_ value: Bool) {
        separate()
        bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    /// `null`.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    /// A value that is JSON already.
    public mutating func value(_ json: JSONText) {
        separate()
        bytes.append(contentsOf: json.bytes)
    }

    /// A value that is JSON already, as the caller knows.
    public mutating func value(bytes json: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Begins a value with its first byte.
    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
    }

    /// Puts a comma where the last byte ends a value: no other byte than these precedes a first.
    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: "\n"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0a: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case 0x0d: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case 0..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 15))
        default: bytes.append(byte)
        }
    }

    private func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private mutating func digits(_ value: UInt64, atLeast width: Int) {
        var unit: UInt64 = 1
        var places = 1
        while places < 20, places < width || value / unit >= 10 {
            unit *= 10
            places += 1
        }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
            unit /= 10
        }
    }

    private func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : -((b - 1 - a) / b)
    }
}
