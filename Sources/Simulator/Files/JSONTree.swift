/// A JSON text as a tree whose numbers are still text, so that no digit is lost.
indirect enum JSONTree: Equatable {
    case null
    case bool(Bool)
    case number(ArraySlice<UInt8>)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    /// Why a text is no JSON: what was expected at which byte.
    struct Failure: Error, Equatable {
        var offset: Int
        var expected: String
    }

    /// How deep arrays and objects may nest.
    static let depthLimit = 64

    /// Reads a whole text (RFC 8259); of two values under one key the last one counts.
    init(_ text: ArraySlice<UInt8>) throws(Failure) {
        var parser = JSONParser(text: text, index: text.startIndex)
        self = try parser.document()
    }

    subscript(key: String) -> JSONTree? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var items: [JSONTree]? {
        if case .array(let items) = self { items } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The digits of a number, or the letters of a string.
    var text: ArraySlice<UInt8>? {
        switch self {
        case .number(let digits): digits
        case .string(let text): Array(text.utf8)[...]
        default: nil
        }
    }

    var double: Double? {
        if case .number(let digits) = self {
            Double(String(decoding: digits, as: UTF8.self))
        } else {
            nil
        }
    }

    var integer: Int? {
        if case .number(let digits) = self {
            DecimalText.whole(digits).map { Int($0) }
        } else {
            nil
        }
    }
}

private struct JSONParser {
    let text: ArraySlice<UInt8>
    var index: Int

    private func failure(_ expected: String) -> JSONTree.Failure {
        JSONTree.Failure(offset: index - text.startIndex, expected: expected)
    }

    private var next: UInt8? { index < text.endIndex ? text[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            index += 1
        }
    }

    mutating func document() throws(JSONTree.Failure) -> JSONTree {
        let value = try value(depth: 0)
        skipSpace()
        guard next == nil else { throw failure("the end of the text") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONTree.Failure) -> JSONTree {
        skipSpace()
        guard depth <= JSONTree.depthLimit else {
            throw failure("at most \(JSONTree.depthLimit) levels")
        }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(
        _ word: String, _ value: JSONTree
    ) throws(JSONTree.Failure) -> JSONTree {
        guard text[index...].starts(with: word.utf8) else { throw failure("a value") }
        index += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONTree.Failure) -> ArraySlice<UInt8> {
        let start = index
        while let byte = next, DecimalText.digit(byte) != nil || "+-.eE".utf8.contains(byte) {
            index += 1
        }
        let digits = text[start..<index]
        guard DecimalText.isJSONNumber(digits) else {
            index = start
            throw failure("a value")
        }
        return digits
    }

    private mutating func array(depth: Int) throws(JSONTree.Failure) -> JSONTree {
        index += 1
        var items: [JSONTree] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            index += 1
            return .array(items)
        }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            let byte = next
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
                throw failure(", or ]")
            }
            index += 1
            if byte == UInt8(ascii: "]") { return .array(items) }
        }
    }

    private mutating func object(depth: Int) throws(JSONTree.Failure) -> JSONTree {
        index += 1
        var members: [String: JSONTree] = [:]
        skipSpace()
        if next == UInt8(ascii: "}") {
            index += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes") }
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw failure(":") }
            index += 1
            members[key] = try value(depth: depth + 1)
            skipSpace()
            let byte = next
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
                throw failure(", or }")
            }
            index += 1
            if byte == UInt8(ascii: "}") { return .object(members) }
        }
    }

    private mutating func string() throws(JSONTree.Failure) -> String {
        index += 1
        var bytes: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                guard let string = String(validating: bytes, as: UTF8.self) else {
                    throw failure("UTF-8 in the string before")
                }
                return string
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &bytes)
            case 0..<0x20: throw failure("no control character in a string")
            default:
                bytes.append(byte)
                index += 1
            }
        }
        throw failure("the string's end")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONTree.Failure) {
        guard let letter = next else { throw failure("the string's end") }
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xd800..<0xdc00).contains(code), text[index...].starts(with: "\\u".utf8) {
                index += 2
                let low = try hexadecimal()
                guard (0xdc00..<0xe000).contains(low) else { throw failure("a low surrogate") }
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("a whole character") }
            bytes.append(contentsOf: Character(scalar).utf8)
        default: throw failure("an escape of JSON")
        }
    }

    private mutating func hexadecimal() throws(JSONTree.Failure) -> UInt32 {
        guard text.endIndex - index >= 4,
            let code = UInt32(String(decoding: text[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits") }
        index += 4
        return code
    }
}

extension DecimalText {
    /// Whether a text is a number by JSON's grammar: no plus sign, no leading zero or point.
    static func isJSONNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        func dropDigits() -> Bool {
            let count = rest.prefix { digit($0) != nil }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        if rest.first == UInt8(ascii: "0") {
            rest = rest.dropFirst()
        } else if !dropDigits() {
            return false
        }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if !dropDigits() { return false }
        }
        if let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
            if !dropDigits() { return false }
        }
        return rest.isEmpty
    }
}
