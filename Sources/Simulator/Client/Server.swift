/// The address of a gateway or reader that is spoken to: plain HTTP, a host, a port and perhaps a
/// path that everything lies under.
public struct Server: Hashable, Sendable, CustomStringConvertible {
    /// What an address may be, in words for an error.
    public static let allowed = "http://HOST[:PORT][/PATH]"
    /// A name or a numeric address, IPv6 without its brackets.
    public let host: String
    /// The port, 1…65,535; 80 where the address names none.
    public let port: Int
    /// What every path begins with: empty, or `/…` without a slash at its end.
    public let basePath: String

    /// Reads an address. Throws ``ClientError/unsupportedScheme(_:)`` for `https://`, which needs a
    /// proxy in front of the server to be spoken to in the clear, and
    /// ``ClientError/badAddress(_:)`` for what is no address.
    public init(_ address: String) throws(ClientError) {
        guard let schemeEnd = address.firstRange(of: "://") else {
            throw .badAddress(address)
        }
        let scheme = address[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "http" else { throw .unsupportedScheme(scheme) }
        let rest = address[schemeEnd.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest[authority.endIndex...]
        while path.last == "/" { path = path.dropLast() }
        var host = authority
        var port = 80
        if let bracket = authority.lastIndex(of: "]"), authority.first == "[" {
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let after = authority[authority.index(after: bracket)...]
            guard after.isEmpty || after.first == ":" else { throw .badAddress(address) }
            if !after.isEmpty { port = Int(after.dropFirst()) ?? 0 }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = Int(authority[authority.index(after: colon)...]) ?? 0
        }
        let isPlain = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        guard isPlain, !host.isEmpty, !host.contains("@"), (1...65_535).contains(port),
            !path.contains("?"), !path.contains("#")
        else { throw .badAddress(address) }
        self.host = String(host)
        self.port = port
        basePath = String(path)
    }

    /// Host and port as the `Host` field carries them.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 80 ? name : "\(name):\(port)"
    }

    /// The address that was read, in its shortest form.
    public var description: String { "http://\(authority)\(basePath)" }

    /// One segment of a path, with every byte encoded that is not unreserved (RFC 3986, 2.3).
    public static func encoded(segment: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in segment.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
