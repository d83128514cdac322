internal import NIOCore

/// A value of the JSON that phones send, small and of many shapes; numbers keep their digits.
indirect enum PhoneValue: Equatable {
    case object([String: PhoneValue])
    case array([PhoneValue])
    case text(String)
    case number(String)
    /// `true`, `false` or `null`.
    case word(String)

    /// Reads a body; nil where it is no JSON of RFC 8259, or too deep.
    init?(_ body: ByteBuffer, depth: Int) {
        let value: PhoneValue? = body.withUnsafeReadableBytes { bytes in
            var cursor = JSONCursor(bytes.bindMemory(to: UInt8.self))
            if cursor.bytes.starts(with: [0xef, 0xbb, 0xbf]) { cursor.at = 3 }
            cursor.skipSpace()
            do throws(JSONFault) {
                let value = try PhoneValue(&cursor, depth: depth)
                cursor.skipSpace()
                return cursor.isAtEnd ? value : nil
            } catch {
                return nil
            }
        }
        guard let value else { return nil }
        self = value
    }

    private init(_ cursor: inout JSONCursor, depth: Int) throws(JSONFault) {
        let start = cursor.at
        switch cursor.next {
        case UInt8(ascii: "\""): self = .text(cursor.text(of: try cursor.string()))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            _ = try cursor.number()
            self = .number(String(decoding: cursor.bytes[start..<cursor.at], as: UTF8.self))
        case UInt8(ascii: "{"):
            guard depth > 0 else { throw cursor.fault(.depth) }
            cursor.at += 1
            cursor.skipSpace()
            var members: [String: PhoneValue] = [:]
            if !cursor.passes(UInt8(ascii: "}")) {
                repeat {
                    let key = cursor.text(of: try cursor.key())
                    members[key] = try PhoneValue(&cursor, depth: depth - 1)
                } while try cursor.hasMore(until: UInt8(ascii: "}"))
            }
            self = .object(members)
        case UInt8(ascii: "["):
            guard depth > 0 else { throw cursor.fault(.depth) }
            cursor.at += 1
            cursor.skipSpace()
            var elements: [PhoneValue] = []
            if !cursor.passes(UInt8(ascii: "]")) {
                repeat {
                    elements.append(try PhoneValue(&cursor, depth: depth - 1))
                } while try cursor.hasMore(until: UInt8(ascii: "]"))
            }
            self = .array(elements)
        default:
            try cursor.literal()
            self = .word(String(decoding: cursor.bytes[start..<cursor.at], as: UTF8.self))
        }
    }

    /// A member of an object.
    subscript(_ name: String) -> PhoneValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The elements of an array; anything else is its only element.
    var elements: [PhoneValue] {
        if case .array(let elements) = self { elements } else { [self] }
    }

    /// What a text or a number says; nil for anything else, and for an empty text.
    var plain: String? {
        switch self {
        case .text(let text), .number(let text): text.isEmpty ? nil : text
        default: nil
        }
    }
}
