internal import Crypto
internal import Foundation
internal import JWTKit
internal import Trips

/// The key that an installation signs with: an Ed25519 key of its own, and what is derived from it.
public struct InstallationKey: Sendable {
    /// The issuer that stands for the installation itself.
    public static let issuer = "tacho"
    /// The key's id: its thumbprint (RFC 7638).
    public let id: String
    private let algorithm: any JWTAlgorithm
    private let formSecret: SymmetricKey

    /// Reads a private key in PEM (PKCS #8), as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// - Throws: ``KeyFileProblem/notAKey`` for anything else.
    public init(pem: String) async throws(KeyFileProblem) {
        guard let seed = Self.seed(ofPEM: pem) else { throw .notAKey }
        do {
            try await self.init(Curve25519.Signing.PrivateKey(rawRepresentation: seed))
        } catch { throw .notAKey }
    }

    private init(_ key: Curve25519.Signing.PrivateKey) async throws {
        let x = Base64URL.encode(key.publicKey.rawRepresentation)
        let thumb = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"\(x)\"}"
        id = Base64URL.encode(Array(Crypto.SHA256.hash(data: Data(thumb.utf8))))
        let keys = JWTKeyCollection()
        let name = JWKIdentifier(string: id)
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key), kid: name)
        algorithm = try await keys.getKey(for: name)
        formSecret = HKDF<Crypto.SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.rawRepresentation),
            info: Data("tacho form token".utf8), outputByteCount: 32)
    }

    /// A new key, in PEM.
    static func newPEM() -> String {
        let key = Curve25519.Signing.PrivateKey().rawRepresentation
        return "\(pemStart)\n\(Data(derStart + key).base64EncodedString())\n\(pemEnd)\n"
    }

    private static let pemStart = "-----BEGIN PRIVATE KEY-----"
    private static let pemEnd = "-----END PRIVATE KEY-----"
    /// What PKCS #8 has before the 32 bytes of an Ed25519 key (RFC 8410).
    private static let derStart: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ]

    private static func seed(ofPEM text: String) -> Data? {
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard lines.first == pemStart, lines.last == pemEnd,
            let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()),
            der.count == derStart.count + 32, der.starts(with: derStart)
        else { return nil }
        return der.suffix(32)
    }

    /// The key as one that is trusted.
    public var keySet: KeySet { KeySet(keyID: id, algorithm) }

    /// Makes a token for a purpose, signed with the key.
    ///
    /// - Parameter now: epoch seconds; the token is valid from then on.
    public func token(for claims: TokenClaims, _ audience: TokenAudience, now: Int64) -> String {
        var members: [String: any Sendable] = [
            "iss": Self.issuer, "aud": audience.rawValue, "sub": claims.user.rawValue,
            "exp": claims.expires, "iat": now,
        ]
        if let role = claims.role { members["role"] = role.rawValue }
        if let id = claims.id { members["jti"] = id }
        if let trip = claims.trip { members["trip"] = trip.rawValue }
        let head = Self.json(["alg": "EdDSA", "kid": id, "typ": "JWT"])
        let text = "\(Base64URL.encode(head)).\(Base64URL.encode(Self.json(members)))"
        do {
            let signature = try algorithm.sign(Array(text.utf8))
            return "\(text).\(Base64URL.encode(signature))"
        } catch { preconditionFailure("a key that was read signs: \(error)") }
    }

    private static func json(_ members: [String: any Sendable]) -> [UInt8] {
        do {
            return Array(
                try JSONSerialization.data(withJSONObject: members, options: .sortedKeys))
        } catch { preconditionFailure("texts and numbers are JSON: \(error)") }
    }

    /// What a form of a session carries, so that no other site can send it.
    func formToken(session id: String) -> String {
        Base64URL.encode(
            Array(HMAC<Crypto.SHA256>.authenticationCode(for: Data(id.utf8), using: formSecret)))
    }

    /// Whether a form's token is that of the session; compared in constant time.
    func isFormToken(_ token: String, session id: String) -> Bool {
        guard let code = Base64URL.decode(Array(token.utf8)) else { return false }
        return HMAC<Crypto.SHA256>.isValidAuthenticationCode(
            code, authenticating: Data(id.utf8), using: formSecret)
    }

    /// An id that nobody guesses.
    static func randomID() -> String {
        var random = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
}

/// Why a key file cannot be used.
public enum KeyFileProblem: Error, Equatable, Sendable {
    /// It is no Ed25519 private key in PEM.
    case notAKey
    /// Others than its owner may read it: its mode.
    case readable(mode: Int)
    /// It is not there.
    case missing
    /// It cannot be read or written, for this reason.
    case unusable(String)
}
