internal import JWTKit

/// One JSON Web Key (RFC 7517) as a key that verifies.
enum WebKey {
    /// Why a key is left out.
    struct Unusable: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    /// The key's id.
    static func id(of key: [String: ClaimValue]) throws(Unusable) -> String {
        guard let id = key["kid"]?.string,
            (1...TokenLimits.keyIDBytes).contains(id.utf8.count)
        else { throw Unusable("it has no id (kid)") }
        return id
    }

    /// The algorithm that verifies with the key.
    static func algorithm(of key: [String: ClaimValue]) async throws -> any JWTAlgorithm {
        guard key["use"].map({ $0 == .text("sig") }) ?? true else {
            throw Unusable("it is not for signatures")
        }
        guard key["d"] == nil, key["k"] == nil else {
            throw Unusable("it is a private key, which has no place in a set that others read")
        }
        let keys = JWTKeyCollection()
        let id = JWKIdentifier(string: "key")
        let name: String
        switch (key["kty"]?.string, key["crv"]?.string) {
        case ("OKP", "Ed25519"):
            name = "EdDSA"
            try await keys.add(eddsa: EdDSA.PublicKey(x: text("x", key), curve: .ed25519), kid: id)
        case ("EC", "P-256"):
            name = "ES256"
            try await keys.add(
                ecdsa: ES256PublicKey(parameters: (x: text("x", key), y: text("y", key))), kid: id)
        case ("RSA", nil):
            name = "RS256"
            let modulus = try text("n", key)
            try checkBits(ofModulus: modulus)
            try await keys.add(
                rsa: Insecure.RSA.PublicKey(modulus: modulus, exponent: text("e", key)),
                digestAlgorithm: .sha256, kid: id)
        default: throw Unusable("it is none of Ed25519, P-256 and RSA")
        }
        guard key["alg"].map({ $0 == .text(name) }) ?? true else {
            throw Unusable("its algorithm is not \(name)")
        }
        return try await keys.getKey(for: id)
    }

    /// A member that is bytes in base64url.
    private static func text(
        _ name: String, _ key: [String: ClaimValue]
    ) throws(Unusable) -> String {
        guard let text = key[name]?.string, let bytes = Base64URL.decode(Array(text.utf8)),
            !bytes.isEmpty
        else { throw Unusable("its \(name) is missing or no base64url") }
        return text
    }

    private static func checkBits(ofModulus text: String) throws(Unusable) {
        let bytes = (Base64URL.decode(Array(text.utf8)) ?? []).drop { $0 == 0 }
        let bits = bytes.count * 8 - (bytes.first?.leadingZeroBitCount ?? 0)
        guard KeySet.rsaBits.contains(bits) else {
            throw Unusable(
                "it is an RSA key of \(bits) bits, allowed are \(KeySet.rsaBits.lowerBound) to "
                    + "\(KeySet.rsaBits.upperBound)")
        }
    }
}
