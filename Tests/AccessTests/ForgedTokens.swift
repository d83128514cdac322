import Crypto
import Foundation

/// Tokens that must be refused, by what is wrong with them.
struct ForgedTokens {
    let forge: Forge

    /// Every one, with its name.
    func all() async throws -> [(name: String, token: String)] {
        try headers() + damaged() + claims() + (try await strangers())
    }

    private func headers() throws -> [(String, String)] {
        let id = forge.id
        let x = Forge.text(forge.key.publicKey.rawRepresentation)
        let jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"\(x)\"}"
        let texts: [(String, String)] = [
            ("alg none", #"{"alg":"none","kid":"\#(id)"}"#),
            ("alg None", #"{"alg":"None","kid":"\#(id)"}"#),
            ("alg HS256", #"{"alg":"HS256","kid":"\#(id)"}"#),
            ("alg ES256 with an Ed25519 key", #"{"alg":"ES256","kid":"\#(id)"}"#),
            ("alg RS256 with an Ed25519 key", #"{"alg":"RS256","kid":"\#(id)"}"#),
            ("alg in small letters", #"{"alg":"eddsa","kid":"\#(id)"}"#),
            ("alg missing", #"{"kid":"\#(id)"}"#),
            ("alg an array", #"{"alg":["EdDSA"],"kid":"\#(id)"}"#),
            ("alg twice", #"{"alg":"EdDSA","alg":"none","kid":"\#(id)"}"#),
            ("kid of another key", #"{"alg":"EdDSA","kid":"other"}"#),
            ("kid missing", #"{"alg":"EdDSA"}"#),
            ("kid a path", #"{"alg":"EdDSA","kid":"../../../../dev/null"}"#),
            ("kid a number", #"{"alg":"EdDSA","kid":1}"#),
            ("crit", #"{"alg":"EdDSA","kid":"\#(id)","crit":["exp"]}"#),
            ("b64 false", #"{"alg":"EdDSA","kid":"\#(id)","b64":false}"#),
            ("a key of its own", #"{"alg":"EdDSA","kid":"\#(id)","jwk":\#(jwk)}"#),
            ("jku", #"{"alg":"EdDSA","kid":"\#(id)","jku":"http://localhost/jwks"}"#),
            ("x5u", #"{"alg":"EdDSA","kid":"\#(id)","x5u":"http://localhost/x5u"}"#),
            ("x5c", #"{"alg":"EdDSA","kid":"\#(id)","x5c":["AA=="]}"#),
            ("compressed", #"{"alg":"EdDSA","kid":"\#(id)","zip":"DEF"}"#),
            ("a token in the token", #"{"alg":"EdDSA","kid":"\#(id)","cty":"JWT"}"#),
            ("typ of something else", #"{"alg":"EdDSA","kid":"\#(id)","typ":"secevent+jwt"}"#),
            ("header an array", #"["EdDSA"]"#),
            ("header no JSON", "EdDSA"),
        ]
        return try texts.map { ($0.0, try forge.token(header: $0.1, forge.claims())) }
    }

    private func damaged() throws -> [(String, String)] {
        let good = try forge.token(forge.claims())
        let parts = good.split(separator: ".").map(String.init)
        let other = try forge.token(forge.claims(["sub": "\"bob\""])).split(separator: ".")
        var flipped = Array(parts[2].utf8)
        flipped[10] = flipped[10] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        // The last letter of 64 bytes has four bits that belong to none of them.
        var loose = Array(parts[2].utf8)
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let last = alphabet.firstIndex(of: loose[85]) ?? 0
        loose[85] = alphabet[last | 1]
        return [
            ("signature flipped", "\(parts[0]).\(parts[1]).\(text(flipped))"),
            ("loose bits in the signature", "\(parts[0]).\(parts[1]).\(text(loose))"),
            ("payload of another", "\(parts[0]).\(other[1]).\(parts[2])"),
            ("signature of another", "\(parts[0]).\(parts[1]).\(other[2])"),
            ("signature left out", "\(parts[0]).\(parts[1])."),
            ("two parts", "\(parts[0]).\(parts[1])"),
            ("four parts", "\(good).\(parts[2])"),
            ("two dots more", "\(good).."),
            ("cut short", String(good.dropLast(7))),
            ("one byte", "e"),
            ("padding", "\(parts[0]).\(parts[1]).\(parts[2])=="),
            ("another alphabet", "\(parts[0]).\(parts[1]).+/\(parts[2].dropFirst(2))"),
            ("a space within", "\(parts[0]). \(parts[1]).\(parts[2])"),
            ("too long", try forge.token(forge.claims(["x": "\"\(text(9_000))\""]))),
        ]
    }

    private func claims() throws -> [(String, String)] {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        let changes: [(String, [String: String?])] = [
            ("iss missing", ["iss": nil]), ("iss of another", ["iss": "\"elsewhere\""]),
            ("iss an array", ["iss": "[\"tacho\"]"]), ("aud missing", ["aud": nil]),
            ("aud of another", ["aud": "\"other\""]), ("aud without us", ["aud": "[\"a\",\"b\"]"]),
            ("aud with a number", ["aud": "[\"tacho\",1]"]),
            ("aud of a session", ["aud": "\"tacho-session\""]),
            ("aud of a link", ["aud": "\"tacho-sign-in\""]),
            ("exp missing", ["exp": nil]), ("exp passed", ["exp": "\(Premises.now - 61)"]),
            ("exp huge", ["exp": "1e300"]),
            ("exp beyond all years", ["exp": "9223372036854775807"]),
            ("exp negative", ["exp": "-1"]), ("exp text", ["exp": "\"2040\""]),
            ("exp null", ["exp": "null"]), ("nbf to come", ["nbf": "\(Premises.now + 61)"]),
            ("nbf text", ["nbf": "\"now\""]), ("iat to come", ["iat": "\(Premises.now + 61)"]),
            ("iat negative", ["iat": "-5"]), ("sub missing", ["sub": nil]),
            ("sub empty", ["sub": "\"\""]), ("sub with a line", ["sub": "\"a\\nb\""]),
            ("sub with a null byte", ["sub": "\"a\\u0000\""]), ("sub a number", ["sub": "7"]),
            ("sub too long", ["sub": "\"\(text(300))\""]), ("role missing", ["role": nil]),
            ("role unknown", ["role": "\"admin\""]), ("role an array", ["role": "[\"operator\"]"]),
            ("role in capitals", ["role": "\"OPERATOR\""]), ("jti a number", ["jti": "1"]),
            ("levels without end", ["x": deep]), ("a claim that is no JSON", ["x": "undefined"]),
            ("a lone surrogate", ["x": "\"\\ud800\""]),
            ("a number with a zero before", ["x": "01"]),
        ]
        var made = try changes.map { ($0.0, try forge.token(forge.claims($0.1))) }
        let twice = forge.claims().dropLast() + ",\"role\":\"operator\"}"
        made.append(("a claim twice", try forge.token(String(twice))))
        made.append(("text after the claims", try forge.token(forge.claims() + "{}")))
        made.append(("claims an array", try forge.token("[\(forge.claims())]")))
        return made
    }

    /// Signed by nobody, by another key under the same id, or with the public key as a secret.
    private func strangers() async throws -> [(String, String)] {
        let other = Forge()
        let body = Forge.text(Data(forge.claims().utf8))
        let none = Forge.text(Data(#"{"alg":"none"}"#.utf8))
        let head = Forge.text(Data(#"{"alg":"HS256","kid":"\#(forge.id)"}"#.utf8))
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(head).\(body)".utf8),
            using: SymmetricKey(data: forge.key.publicKey.rawRepresentation))
        return [
            (
                "another key under the same id",
                try other.token(header: forge.header, forge.claims())
            ),
            ("another installation's", try other.token(other.claims())),
            ("none and no signature", "\(none).\(body)."),
            ("the public key as a secret", "\(head).\(body).\(Forge.text(Data(code)))"),
            (
                "zeros for a signature",
                "\(Forge.text(Data(forge.header.utf8))).\(body).\(Forge.text(Data(count: 64)))"
            ),
        ]
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }
}
