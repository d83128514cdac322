import Foundation
import Testing

/// The bytes of a file that pins a schema.
func golden(_ name: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: "hex"))
    let text = try String(contentsOf: url, encoding: .utf8).filter(\.isHexDigit)
    var bytes: [UInt8] = []
    var rest = text[...]
    while !rest.isEmpty {
        bytes.append(try #require(UInt8(rest.prefix(2), radix: 16)))
        rest = rest.dropFirst(2)
    }
    return bytes
}
