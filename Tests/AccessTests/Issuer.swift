import Foundation
import JWTKit
import Testing

/// Somebody else who makes tokens, by keys of any kind.
struct Issuer {
    static let name = "https://id.example"
    static let audience = "drivers"

    /// What goes into a token.
    struct Claims: JWTPayload {
        var iss = Issuer.name
        var aud = [Issuer.audience, "others"]
        var sub = "ann"
        var role = "driver"
        var exp: Int64 = Premises.now + 600

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// The key as a member of a key set.
    let jwk: String
    private let keys: JWTKeyCollection
    private let id: String

    /// A token of these claims.
    func token(_ claims: Claims = Claims()) async throws -> String {
        try await keys.sign(claims, kid: JWKIdentifier(string: id))
    }

    /// Signs by ES256.
    static func p256(_ id: String) async throws -> Issuer {
        let key = ES256PrivateKey()
        let parameters = try #require(key.parameters)
        let keys = await JWTKeyCollection().add(ecdsa: key, kid: JWKIdentifier(string: id))
        let jwk = """
            {"kty":"EC","crv":"P-256","kid":"\(id)","use":"sig","alg":"ES256",\
            "x":"\(url(parameters.x))","y":"\(url(parameters.y))"}
            """
        return Issuer(jwk: jwk, keys: keys, id: id)
    }

    /// Signs by EdDSA.
    static func ed25519(_ id: String) async throws -> Issuer {
        let key = try EdDSA.PrivateKey()
        let keys = await JWTKeyCollection().add(eddsa: key, kid: JWKIdentifier(string: id))
        let x = Forge.text(key.publicKey.rawRepresentation)
        return Issuer(
            jwk: "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"\(id)\",\"x\":\"\(x)\"}",
            keys: keys,
            id: id)
    }

    /// Signs by RS256, with the key of 2,048 bits of RFC 7515, A.2.
    static func rsa(_ id: String) async throws -> Issuer {
        let key = try Insecure.RSA.PrivateKey(
            modulus: modulus, exponent: "AQAB", privateExponent: privateExponent)
        let keys = await JWTKeyCollection()
            .add(rsa: key, digestAlgorithm: .sha256, kid: JWKIdentifier(string: id))
        return Issuer(
            jwk: "{\"kty\":\"RSA\",\"kid\":\"\(id)\",\"n\":\"\(modulus)\",\"e\":\"AQAB\"}",
            keys: keys,
            id: id)
    }

    private static func url(_ base64: String) -> String {
        base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static let modulus = """
        ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4\
        d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re\
        xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX\
        FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ
        """
    private static let privateExponent = """
        Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXO\
        oAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51\
        gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3c\
        cPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ
        """
}
