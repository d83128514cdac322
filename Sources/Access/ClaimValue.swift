/// JSON as tokens and key sets have it, read strictly: no name twice in an object, no text after the
/// value, no more levels than ``depthLimit``.
indirect enum ClaimValue: Equatable {
    case text(String)
    case number(Double)
    case truth(Bool)
    case nothing
    case list([ClaimValue])
    case object([String: ClaimValue])

    /// Objects and arrays that may be open at a time.
    static let depthLimit = 8

    /// Reads a whole text; nil where it is not JSON in UTF-8, or not strict.
    init?(json bytes: [UInt8]) {
        var reader = ClaimReader(bytes)
        guard let value = reader.whole() else { return nil }
        self = value
    }

    /// The members, of an object.
    var members: [String: ClaimValue]? { if case .object(let value) = self { value } else { nil } }
    /// The text, of a text.
    var string: String? { if case .text(let value) = self { value } else { nil } }
    /// The items, of an array.
    var items: [ClaimValue]? { if case .list(let value) = self { value } else { nil } }
}

/// Reads JSON of some kilobytes.
private struct ClaimReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func whole() -> ClaimValue? {
        guard String(validating: bytes, as: UTF8.self) != nil, let value = value(depth: 0)
        else { return nil }
        skipSpace()
        return place == bytes.count ? value : nil
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { place += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        skipSpace()
        guard next == byte.asciiValue else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) -> ClaimValue? {
        guard depth <= ClaimValue.depthLimit else { return nil }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return list(depth)
        case UInt8(ascii: "\""): return text().map { .text($0) }
        case UInt8(ascii: "t"): return word("true", .truth(true))
        case UInt8(ascii: "f"): return word("false", .truth(false))
        case UInt8(ascii: "n"): return word("null", .nothing)
        default: return number()
        }
    }

    private mutating func object(_ depth: Int) -> ClaimValue? {
        place += 1
        var members: [String: ClaimValue] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\""), let name = text(), take(":"),
                let value = value(depth: depth + 1),
                members.updateValue(value, forKey: name) == nil
            else { return nil }
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func list(_ depth: Int) -> ClaimValue? {
        place += 1
        var items: [ClaimValue] = []
        if take("]") { return .list(items) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            items.append(value)
        } while take(",")
        return take("]") ? .list(items) : nil
    }

    private mutating func word(_ word: String, _ value: ClaimValue) -> ClaimValue? {
        guard bytes[place...].starts(with: word.utf8) else { return nil }
        place += word.utf8.count
        return value
    }

    private mutating func number() -> ClaimValue? {
        let start = place
        while let byte = next, "+-.0123456789Ee".utf8.contains(byte) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/) != nil,
            let number = Double(text), number.isFinite
        else { return nil }
        return .number(number)
    }

    private mutating func text() -> String? {
        place += 1
        var text: [UInt8] = []
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                text += Array(String(Character(scalar)).utf8)
            case 0..<0x20: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = next else { return nil }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let first = unit() else { return nil }
            guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
            guard bytes[place...].starts(with: "\\u".utf8) else { return nil }
            place += 2
            guard let second = unit(), (0xdc00..<0xe000).contains(second) else { return nil }
            return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        default: return nil
        }
    }

    private mutating func unit() -> UInt32? {
        guard place + 4 <= bytes.count else { return nil }
        let digits = bytes[place..<place + 4]
        place += 4
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
