/// Why a token is not taken.
public enum TokenProblem: String, Error, Equatable, Sendable, CaseIterable {
    /// More than ``TokenLimits/bytes``.
    case tooLong
    /// Not three parts of base64url with JSON in the first two.
    case malformed
    /// An algorithm other than EdDSA, ES256 and RS256, or not that of the key.
    case algorithm
    /// A header that asks for what is not done here, such as `crit` or a key of its own.
    case header
    /// No key of this id is trusted.
    case unknownKey
    /// The signature is not that of the key.
    case signature
    /// The key is another issuer's, or no issuer is named.
    case issuer
    /// Not meant for this place, or for none.
    case audience
    /// No time of expiry, or it has passed.
    case expired
    /// A time from which on it is valid, or of its making, that is yet to come.
    case notYet
    /// No user, or one that cannot be.
    case subject
    /// No role, or one that there is not.
    case role
    /// A claim of another form than it must have.
    case claim

    /// What is wrong, in words for whoever sent the token.
    public var reason: String {
        switch self {
        case .tooLong: "the token has more than \(TokenLimits.bytes) bytes"
        case .malformed: "the token is not three parts of base64url without padding, or damaged"
        case .algorithm: "the token's algorithm is not the key's; allowed are EdDSA, ES256, RS256"
        case .header: "the token's header asks for what is not done here"
        case .unknownKey: "no key of the token's kid is trusted here"
        case .signature: "the token's signature is not right"
        case .issuer: "the token's issuer (iss) is not the one that its key belongs to"
        case .audience: "the token's audience (aud) is another"
        case .expired: "the token has expired, or names no time of expiry (exp)"
        case .notYet: "the token is not valid yet (nbf, iat)"
        case .subject: "the token's subject (sub) is no user"
        case .role: "the token's role is none of driver, service, operator"
        case .claim: "a claim of the token has another form than it must have"
        }
    }
}

/// What a token may be.
public enum TokenLimits {
    /// Bytes of a token.
    public static let bytes = 8_192
    /// Seconds that the clocks of issuer and verifier may differ: `exp`, `nbf` and `iat` are taken
    /// with this leeway.
    public static let leewaySeconds: Int64 = 60
    /// The last second that a claim may name: the end of the year 9999.
    public static let lastSecond: Int64 = 253_402_300_799
    /// Audiences that a token may list.
    public static let audiences = 16
    /// Bytes of a key's id.
    public static let keyIDBytes = 256
}
