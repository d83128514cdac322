public import Hummingbird
internal import NIOCore

/// The fields of a form that a page has sent (`application/x-www-form-urlencoded`).
public struct FormBody: Sendable {
    /// Bytes that a form may have.
    public static let longest = 16_384
    private let fields: [String: String]

    /// Reads a form.
    ///
    /// - Throws: ``Problem`` 415, 413 or 422 where the body is none.
    public init(of request: Request) async throws {
        guard
            request.headers[.contentType]?.lowercased()
                .hasPrefix("application/x-www-form-urlencoded") == true
        else {
            throw Problem(
                .unsupportedMediaType, "Not a form",
                detail: "The body must be application/x-www-form-urlencoded.")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.longest)
        } catch is NIOTooManyBytesError {
            throw Problem(
                .contentTooLarge, "Body too large",
                detail: "A form may have at most \(Self.longest) bytes.")
        }
        fields = try Self.fields(of: body.readableBytesView)
    }

    /// The value of a field; nil where there is none.
    public subscript(name: String) -> String? { fields[name] }

    private static func fields(of bytes: some Collection<UInt8>) throws(Problem) -> [String: String]
    {
        var fields: [String: String] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = text(parts[0]), let value = parts.count > 1 ? text(parts[1]) : "",
                fields.updateValue(value, forKey: name) == nil
            else {
                throw Problem(
                    .unprocessableContent, "Bad form",
                    detail: "A field of the form is there twice or wrongly encoded.")
            }
        }
        return fields
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String? {
        var text: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): text.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2, rest.prefix(2).allSatisfy({ $0.isHexDigit }),
                    let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                rest = rest.dropFirst(2)
                text.append(value)
            default: text.append(byte)
            }
        }
        return String(validating: text, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool { Character(Unicode.Scalar(self)).isHexDigit }
}
