/// Text of HTML, in which what is interpolated is escaped unless it is HTML itself.
///
/// Escaping goes by Unicode scalars, not by characters: a quote with a combining mark after it is
/// one character, and still ends an attribute. Attributes stand in double quotes.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    /// The text, to be sent as it is.
    let text: String

    init(stringLiteral text: String) { self.text = text }

    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// Text that is sent as it is: of this program alone, nobody else's.
    init(trusted text: String) { self.text = text }

    private init(joined parts: some Sequence<HTML>) {
        text = parts.map(\.text).joined(separator: "\n")
    }

    /// Nothing where the value is nil, else what the body makes of it.
    static func optional<T>(_ value: T?, _ body: (T) -> HTML) -> HTML { value.map(body) ?? "" }

    /// One after the other, a line each.
    static func each<T>(_ values: some Sequence<T>, _ body: (T) -> HTML) -> HTML {
        HTML(joined: values.map(body))
    }

    /// Takes the parts of a literal, and escapes those that are not HTML.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }

        mutating func appendInterpolation(_ number: some BinaryInteger) { text += String(number) }

        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
    }

    /// Text as it stands in a document or in an attribute.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { replacement(of: $0) != nil }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        // All of them are ASCII: in UTF-8 their bytes are part of no other scalar.
        for byte in text.utf8 {
            if let replacement = replacement(of: byte) {
                bytes.append(contentsOf: replacement.utf8)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replacement(of byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
