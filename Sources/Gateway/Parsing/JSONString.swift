internal import Web

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
        do throws(JSONEscapeFault) {
            return try passEscape()
        } catch {
            switch error {
            case .escape: throw fault(.escape)
            case .surrogate: throw fault(.surrogate)
            }
        }
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
