/// A place in JSON text that can pass an escape.
public protocol JSONEscapes {
    /// The next byte, or 0 at the end.
    var next: UInt8 { get }
    /// The bytes before it.
    var at: Int { get set }
}

/// What is wrong with an escape, at the place where a reader stands then.
public enum JSONEscapeFault: String, Error {
    case escape = "an escape is one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
    case surrogate = "a surrogate escape must be one of a pair, high then low"
}

extension JSONEscapes {
    /// Passes an escape, whose backslash comes next.
    public mutating func passEscape() throws(JSONEscapeFault) -> Unicode.Scalar {
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
        case UInt8(ascii: "u"): return try passUnicode()
        default: throw .escape
        }
        at += 1
        return plain
    }

    /// Passes `uXXXX`, and its other half where it is a surrogate.
    private mutating func passUnicode() throws(JSONEscapeFault) -> Unicode.Scalar {
        let start = at - 1
        let high = try passHexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xd800..<0xdc00).contains(high), next == UInt8(ascii: "\\") else {
            at = start
            throw .surrogate
        }
        at += 1
        guard next == UInt8(ascii: "u") else { throw .surrogate }
        let low = try passHexadecimal()
        guard (0xdc00..<0xe000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00))
        else {
            at = start
            throw .surrogate
        }
        return scalar
    }

    /// Passes a `u` and its four digits.
    private mutating func passHexadecimal() throws(JSONEscapeFault) -> UInt32 {
        at += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else { throw .escape }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
