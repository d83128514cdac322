import Crypto
import Foundation

/// Makes tokens of any content with a key that is known, as an installation's own key would.
struct Forge {
    let key = Curve25519.Signing.PrivateKey()

    /// The key in PEM.
    var pem: String {
        let start: [UInt8] = [
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22,
            0x04, 0x20,
        ]
        let text = Data(start + key.rawRepresentation).base64EncodedString()
        return "-----BEGIN PRIVATE KEY-----\n\(text)\n-----END PRIVATE KEY-----\n"
    }

    /// The key's thumbprint, which is its id.
    var id: String {
        let x = Self.text(key.publicKey.rawRepresentation)
        let thumb = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"\(x)\"}"
        return Self.text(Data(SHA256.hash(data: Data(thumb.utf8))))
    }

    /// A header that is right.
    var header: String { "{\"alg\":\"EdDSA\",\"kid\":\"\(id)\",\"typ\":\"JWT\"}" }

    /// Claims that are right, some of them otherwise or (nil) left out.
    func claims(_ changes: [String: String?] = [:], now: Int64 = Premises.now) -> String {
        var members: [String: String?] = [
            "iss": "\"tacho\"", "aud": "\"tacho\"", "sub": "\"ann\"", "role": "\"operator\"",
            "exp": "\(now + 600)", "iat": "\(now)",
        ]
        for (name, value) in changes { members[name] = .some(value) }
        let pairs = members.sorted { $0.key < $1.key }.compactMap { name, value in
            value.map { "\"\(name)\":\($0)" }
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    /// A token of these texts, signed.
    func token(header: String? = nil, _ claims: String) throws -> String {
        let head = Self.text(Data((header ?? self.header).utf8))
        let text = "\(head).\(Self.text(Data(claims.utf8)))"
        return "\(text).\(Self.text(try key.signature(for: Data(text.utf8))))"
    }

    /// Base64url without padding.
    static func text(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
