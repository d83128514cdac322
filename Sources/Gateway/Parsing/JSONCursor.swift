internal import Web

/// Where and why bytes are not JSON as RFC 8259 has it.
struct JSONFault: Error, Equatable {
    /// Bytes before the fault.
    let offset: Int
    /// What was wrong.
    let reason: Reason

    /// What may be wrong; the text says what is allowed.
    enum Reason: String {
        case end = "the text ends too early"
        case value = "expected a value: an object, array, string, number, true, false or null"
        case literal = "expected true, false or null"
        case number =
            "a number is digits, without leading zeros, with an optional fraction and exponent"
        case key = "expected a key in quotation marks"
        case colon = "expected a colon"
        case commaOrBrace = "expected a comma or a closing brace"
        case commaOrBracket = "expected a comma or a closing bracket"
        case control = "a control character in a string must be escaped"
        case escape = "an escape is one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"
        case surrogate = "a surrogate escape must be one of a pair, high then low"
        case utf8 = "text must be UTF-8"
        case depth = "values are nested too deeply"
        case trailing = "nothing may follow the value"
    }
}

/// A place in JSON text, moved from token to token; strict, and without any tree.
struct JSONCursor: JSONEscapes {
    let bytes: UnsafeBufferPointer<UInt8>
    /// The next byte.
    var at = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next byte, or 0 at the end: a NUL is no token, so that both fail alike.
    @inline(__always)
    var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    var isAtEnd: Bool { at >= bytes.count }

    func fault(_ reason: JSONFault.Reason) -> JSONFault {
        JSONFault(offset: min(at, bytes.count), reason: isAtEnd ? .end : reason)
    }

    @inline(__always)
    mutating func skipSpace() {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
            else { return }
            at += 1
        }
    }

    /// Passes a byte that must come next.
    @inline(__always)
    mutating func pass(_ byte: UInt8, or reason: JSONFault.Reason) throws(JSONFault) {
        guard next == byte else { throw fault(reason) }
        at += 1
    }

    /// Passes the byte if it comes next.
    @inline(__always)
    mutating func passes(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        at += 1
        return true
    }

    /// After a member or element: whether another follows; passes the comma or the closing byte.
    @inline(__always)
    mutating func hasMore(until close: UInt8) throws(JSONFault) -> Bool {
        skipSpace()
        let byte = next
        guard byte == UInt8(ascii: ",") || byte == close else {
            throw fault(close == UInt8(ascii: "}") ? .commaOrBrace : .commaOrBracket)
        }
        at += 1
        guard byte != close else { return false }
        skipSpace()
        return true
    }

    /// Passes a key and its colon, and the space around.
    @inline(__always)
    mutating func key() throws(JSONFault) -> JSONString {
        guard next == UInt8(ascii: "\"") else { throw fault(.key) }
        let key = try string()
        skipSpace()
        try pass(UInt8(ascii: ":"), or: .colon)
        skipSpace()
        return key
    }

    /// Passes `true`, `false` or `null`.
    mutating func literal() throws(JSONFault) {
        let word: StaticString
        switch next {
        case UInt8(ascii: "t"): word = "true"
        case UInt8(ascii: "f"): word = "false"
        case UInt8(ascii: "n"): word = "null"
        default: throw fault(.value)
        }
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else { throw fault(.literal) }
            at += 1
        }
    }

    /// Passes a value of any kind, which is checked and not kept.
    ///
    /// - Parameter depth: arrays and objects that may still be opened.
    mutating func skipValue(depth: Int) throws(JSONFault) {
        switch next {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
        case UInt8(ascii: "{"):
            guard depth > 0 else { throw fault(.depth) }
            at += 1
            skipSpace()
            if passes(UInt8(ascii: "}")) { return }
            repeat {
                _ = try key()
                try skipValue(depth: depth - 1)
            } while try hasMore(until: UInt8(ascii: "}"))
        case UInt8(ascii: "["):
            guard depth > 0 else { throw fault(.depth) }
            at += 1
            skipSpace()
            if passes(UInt8(ascii: "]")) { return }
            repeat { try skipValue(depth: depth - 1) } while try hasMore(until: UInt8(ascii: "]"))
        default: try literal()
        }
    }
}
