/// A string of JSON text: what lies between its quotation marks, checked but not yet unescaped.
struct JSONString {
    /// Where it begins and ends, without the marks.
    let start: Int
    let end: Int
    let hasEscapes: Bool
}

extension JSONCursor {
    /// Passes a string, whose opening mark comes next.
    @inline(__always)
    mutating func string() throws(JSONFault) -> JSONString {
        at += 1
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return JSONString(start: start, end: at - 1, hasEscapes: false)
            }
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { break }
            at += 1
        }
        return try unusualString(from: start)
    }

    /// The rest of a string with escapes, or with characters beyond ASCII.
    @inline(never)
    private mutating func unusualString(from start: Int) throws(JSONFault) -> JSONString {
        var hasEscapes = false
        while true {
            let byte = next
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return JSONString(start: start, end: at - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                _ = try escape()
            case 0..<0x20: throw fault(.control)
            case 0x20..<0x80: at += 1
            default: try passCharacter()
            }
        }
    }

    /// Passes an escape, whose backslash comes next.
    fileprivate mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        at += 1
        let byte = next
        let plain: Unicode.Scalar
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            plain = Unicode.Scalar(byte)
        case UInt8(ascii: "b"): plain = "\u{8}"
        case UInt8(ascii: "f"): plain = "\u{c}"
        case UInt8(ascii: "n"): plain = "\n"
        case UInt8(ascii: "r"): plain = "\r"
        case UInt8(ascii: "t"): plain = "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault(.escape)
        }
        at += 1
        return plain
    }

    /// Passes `uXXXX`, and its other half where it is a surrogate.
    private mutating func unicodeEscape() throws(JSONFault) -> Unicode.Scalar {
        let start = at - 1
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xd800..<0xdc00).contains(high), next == UInt8(ascii: "\\") else {
            at = start
            throw fault(.surrogate)
        }
        at += 1
        guard next == UInt8(ascii: "u") else { throw fault(.surrogate) }
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
        else {
            at = start
            throw fault(.surrogate)
        }
        return scalar
    }

    /// Passes a `u` and its four digits.
    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        at += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
                throw fault(.escape)
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    /// Passes one character beyond ASCII: well-formed UTF-8, as Unicode's table 3-7 has it.
    private mutating func passCharacter() throws(JSONFault) {
        let first = next
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch first {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef:
            length = 3
            if first == 0xe0 { second = 0xa0...0xbf }
            if first == 0xed { second = 0x80...0x9f }
        case 0xf0...0xf4:
            length = 4
            if first == 0xf0 { second = 0x90...0xbf }
            if first == 0xf4 { second = 0x80...0x8f }
        default: throw fault(.utf8)
        }
        guard at + length <= bytes.count, second.contains(bytes[at + 1]),
            bytes[(at + 2)..<(at + length)].allSatisfy({ (0x80...0xbf).contains($0) })
        else { throw fault(.utf8) }
        at += length
    }

    /// What a string that was passed says.
    func text(of string: JSONString) -> String {
        guard string.hasEscapes else {
            return String(decoding: bytes[string.start..<string.end], as: UTF8.self)
        }
        var cursor = self
        cursor.at = string.start
        var utf8: [UInt8] = []
        while cursor.at < string.end {
            if cursor.next == UInt8(ascii: "\\"), let scalar = try? cursor.escape() {
                utf8.append(contentsOf: String(scalar).utf8)
            } else {
                utf8.append(cursor.next)
                cursor.at += 1
            }
        }
        return String(decoding: utf8, as: UTF8.self)
    }
}
