/// A JSON value, whole: for bodies that say a few things. Points by the thousand are parsed
/// straight into columns instead.
public indirect enum JSONTree: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A number, as it was written.
    case number(JSONDecimal)
    /// Text, unescaped.
    case string(String)
    /// Elements, in order.
    case array([JSONTree])
    /// Members, in order; a name may come twice.
    case object([Member])

    /// A member of an object.
    public struct Member: Equatable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: JSONTree
    }

    /// What is wrong with text that is not JSON.
    public struct Fault: Error, Equatable {
        /// Bytes before the fault.
        public let offset: Int
        /// What was expected there.
        public let reason: String
    }

    /// Arrays and objects that may be open at a time.
    public static let depthLimit = 64

    /// Reads text as RFC 8259 has it, strictly: one value and nothing after it.
    ///
    /// - Throws: ``Fault``.
    public init(_ text: some Collection<UInt8>) throws(Fault) {
        var reader = JSONTreeReader(Array(text))
        self = try reader.read()
    }
}

/// Reads a ``JSONTree`` from left to right.
private struct JSONTreeReader: JSONEscapes {
    private let bytes: [UInt8]
    var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark is no JSON, but RFC 8259 lets a reader pass over it.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
    }

    mutating func read() throws(JSONTree.Fault) -> JSONTree {
        skipSpace()
        let tree = try value(depth: JSONTree.depthLimit)
        skipSpace()
        guard at == bytes.count else { throw fault("nothing may follow the value") }
        return tree
    }

    /// The next byte, or 0 at the end: a NUL is no token, so that both fail alike.
    var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private func fault(_ reason: String) -> JSONTree.Fault {
        JSONTree.Fault(
            offset: at, reason: at < bytes.count ? reason : "the text ends too early")
    }

    private mutating func skipSpace() {
        while [0x20, 0x0a, 0x0d, 0x09].contains(next) { at += 1 }
    }

    private mutating func passes(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONTree.Fault) -> JSONTree {
        switch next {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth > 0 else { throw fault("values are nested too deeply") }
            return next == UInt8(ascii: "{") ? try object(depth) : try array(depth)
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default:
            throw fault(
                "expected a value: an object, array, string, number, true, false or null")
        }
    }

    private mutating func literal(
        _ word: String, _ value: JSONTree
    ) throws(JSONTree.Fault) -> JSONTree {
        for byte in word.utf8 {
            guard passes(byte) else { throw fault("expected true, false or null") }
        }
        return value
    }

    private mutating func object(_ depth: Int) throws(JSONTree.Fault) -> JSONTree {
        var members: [JSONTree.Member] = []
        at += 1
        skipSpace()
        if passes(UInt8(ascii: "}")) { return .object(members) }
        while true {
            guard next == UInt8(ascii: "\"") else {
                throw fault("expected a key in quotation marks")
            }
            let name = try string()
            skipSpace()
            guard passes(UInt8(ascii: ":")) else { throw fault("expected a colon") }
            skipSpace()
            members.append(.init(name: name, value: try value(depth: depth - 1)))
            skipSpace()
            if passes(UInt8(ascii: "}")) { return .object(members) }
            guard passes(UInt8(ascii: ",")) else {
                throw fault("expected a comma or a closing brace")
            }
            skipSpace()
        }
    }

    private mutating func array(_ depth: Int) throws(JSONTree.Fault) -> JSONTree {
        var elements: [JSONTree] = []
        at += 1
        skipSpace()
        if passes(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth - 1))
            skipSpace()
            if passes(UInt8(ascii: "]")) { return .array(elements) }
            guard passes(UInt8(ascii: ",")) else {
                throw fault("expected a comma or a closing bracket")
            }
            skipSpace()
        }
    }

    private mutating func number() throws(JSONTree.Fault) -> JSONDecimal {
        let reason =
            "a number is digits, without leading zeros, with an optional fraction and exponent"
        let start = at
        _ = passes(UInt8(ascii: "-"))
        let first = at
        guard passDigits() > 0 else { throw fault(reason) }
        if bytes[first] == UInt8(ascii: "0"), at > first + 1 {
            at = first + 1
            throw fault(reason)
        }
        if passes(UInt8(ascii: ".")), passDigits() == 0 { throw fault(reason) }
        if next | 0x20 == UInt8(ascii: "e") {
            at += 1
            if !passes(UInt8(ascii: "+")) { _ = passes(UInt8(ascii: "-")) }
            guard passDigits() > 0 else { throw fault(reason) }
        }
        return JSONDecimal(valid: String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func passDigits() -> Int {
        let start = at
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { at += 1 }
        return at - start
    }

    private mutating func string() throws(JSONTree.Fault) -> String {
        at += 1
        let start = at
        var unescaped: [UInt8]?
        while true {
            switch next {
            case UInt8(ascii: "\""):
                let text = unescaped ?? Array(bytes[start..<at])
                guard let string = String(validating: text, as: UTF8.self) else {
                    at = start
                    throw fault("text must be UTF-8")
                }
                at += 1
                return string
            case UInt8(ascii: "\\"):
                if unescaped == nil { unescaped = Array(bytes[start..<at]) }
                unescaped?.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw fault("a control character in a string must be escaped")
            default:
                unescaped?.append(next)
                at += 1
            }
        }
    }

    private mutating func escape() throws(JSONTree.Fault) -> Unicode.Scalar {
        do throws(JSONEscapeFault) {
            return try passEscape()
        } catch {
            throw fault(error.rawValue)
        }
    }
}
