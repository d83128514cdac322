public import Trips

/// What a token says, after everything about it has been found right.
public struct TokenClaims: Equatable, Sendable {
    /// Who it is about.
    public var user: UserID
    /// What they may be; nil in a grant, which is for whoever has it.
    public var role: Role?
    /// When it ends, in epoch seconds.
    public var expires: Int64
    /// Its own id, where it has one.
    public var id: String?
    /// The one trip that it is about, where it is about one.
    public var trip: TripID?

    /// Claims that are right.
    public init(user: UserID, role: Role?, expires: Int64, id: String? = nil, trip: TripID? = nil) {
        self.user = user
        self.role = role
        self.expires = expires
        self.id = id
        self.trip = trip
    }

    /// The caller, of a token that names a role.
    public var caller: Caller? { role.map { Caller(user: user, role: $0) } }
}

extension TokenClaims {
    /// Reads claims for one issuer and audience.
    ///
    /// - Parameter now: epoch seconds.
    init(
        _ claims: [String: ClaimValue], issuer: String, audience: TokenAudience.Name,
        now: Int64
    ) throws(TokenProblem) {
        guard claims["iss"]?.string == issuer else { throw .issuer }
        guard try Self.audiences(claims["aud"]).contains(audience.text) else { throw .audience }
        guard let expires = try Self.second(claims["exp"]),
            expires > now - TokenLimits.leewaySeconds
        else { throw .expired }
        for name in ["nbf", "iat"] {
            let start = try Self.second(claims[name])
            guard start.map({ $0 <= now + TokenLimits.leewaySeconds }) ?? true else {
                throw .notYet
            }
        }
        guard let user = claims["sub"]?.string.flatMap({ UserID($0) }) else { throw .subject }
        self.init(user: user, role: nil, expires: expires)
        if let value = claims["jti"] {
            guard let id = value.string, Text.isPrintable(id, upTo: 256) else { throw .claim }
            self.id = id
        }
        if audience.purpose == .share {
            trip = claims["trip"]?.string.flatMap { TripID($0) }
            guard trip != nil else { throw .claim }
        } else {
            role = claims["role"]?.string.flatMap { Role(rawValue: $0) }
            guard role != nil else { throw .role }
        }
    }

    private static func audiences(_ value: ClaimValue?) throws(TokenProblem) -> [String] {
        if let one = value?.string { return [one] }
        guard let items = value?.items, items.count <= TokenLimits.audiences else {
            throw .audience
        }
        let texts = items.compactMap(\.string)
        guard texts.count == items.count else { throw .audience }
        return texts
    }

    /// A time in whole seconds, a part of one left out; nil where there is none.
    private static func second(_ value: ClaimValue?) throws(TokenProblem) -> Int64? {
        guard let value else { return nil }
        guard case .number(let number) = value,
            (0...Double(TokenLimits.lastSecond)).contains(number)
        else { throw .claim }
        return Int64(number)
    }
}

/// What tokens are for: one made for one purpose is of no use for another.
public enum TokenAudience: String, Sendable, CaseIterable {
    /// Requests of programs.
    case requests = "tacho"
    /// A browser's cookie.
    case session = "tacho-session"
    /// A link that signs a browser in.
    case signIn = "tacho-sign-in"
    /// A link that shows one trip to whoever has it.
    case share = "tacho-share"

    /// A purpose and the audience that stands for it.
    struct Name: Equatable, Sendable {
        var purpose: TokenAudience
        var text: String

        init(_ purpose: TokenAudience, text: String? = nil) {
            self.purpose = purpose
            self.text = text ?? purpose.rawValue
        }
    }
}
