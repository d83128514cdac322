internal import Trips

/// Who is who, and who may do what, in one process.
public final class AccessControl: Sendable {
    /// Seconds that a browser stays signed in.
    public static let sessionSeconds: Int64 = 7 * 86_400
    /// The name of the cookie that signs a browser in.
    public static let cookie = "tacho_session"
    /// The name of the form field with ``formToken(of:)``.
    public static let formField = "csrf"

    /// Who may do what.
    public let table: AccessTable
    /// The verifier of programs' tokens.
    public let tokens: TokenVerifier
    private let key: InstallationKey
    private let sessions: TokenVerifier
    private let links: TokenVerifier
    private let shares: TokenVerifier
    private let now: @Sendable () -> Int64

    /// Trusts the installation's key, and another issuer's where one is given.
    ///
    /// - Parameter now: the clock, in epoch seconds.
    public init(
        key: InstallationKey, others: [TokenVerifier.Authority] = [],
        table: AccessTable = .tacho, now: @escaping @Sendable () -> Int64
    ) {
        self.key = key
        self.table = table
        self.now = now
        let ring = KeyRing(key.keySet)
        func verifier(
            _ purpose: TokenAudience, _ others: [TokenVerifier.Authority] = []
        ) -> TokenVerifier {
            let own = TokenVerifier.Authority(
                issuer: InstallationKey.issuer, purpose, keys: ring)
            return TokenVerifier([own] + others, purpose: purpose, now: now)
        }
        tokens = verifier(.requests, others)
        sessions = verifier(.session)
        links = verifier(.signIn)
        shares = verifier(.share)
    }

    /// The session of a cookie.
    public func session(cookie: String) async throws(TokenProblem) -> Session {
        let claims = try await sessions.verify(cookie)
        guard let id = claims.id else { throw .claim }
        guard let caller = claims.caller else { throw .role }
        return Session(id: id, caller: caller, expires: claims.expires)
    }

    /// A new session for whoever has followed a link that signs in, and the cookie that says so.
    public func signIn(link token: String) async throws(TokenProblem) -> (
        session: Session, cookie: String
    ) {
        guard let caller = try await links.verify(token).caller else { throw .role }
        let now = now()
        let session = Session(
            id: InstallationKey.randomID(), caller: caller, expires: now + Self.sessionSeconds)
        let claims = TokenClaims(
            user: caller.user, role: caller.role, expires: session.expires, id: session.id)
        return (session, key.token(for: claims, .session, now: now))
    }

    /// What a form of this session must carry in the field ``formField``.
    public func formToken(of session: Session) -> String { key.formToken(session: session.id) }

    /// Whether a form's field is that of the session.
    public func isFormToken(_ token: String, of session: Session) -> Bool {
        key.isFormToken(token, session: session.id)
    }

    /// The text that stands for a grant in a link.
    public func text(of grant: ShareGrant) -> String {
        let claims = TokenClaims(user: grant.by, role: nil, expires: grant.until, trip: grant.trip)
        return key.token(for: claims, .share, now: now())
    }

    /// The grant of a text, where it is right and has not ended.
    public func grant(_ text: String) async throws(TokenProblem) -> ShareGrant {
        let claims = try await shares.verify(text)
        guard let trip = claims.trip else { throw .claim }
        // No leeway: a link is looked at by the same clock that it was made by.
        guard claims.expires > now() else { throw .expired }
        return ShareGrant(trip: trip, until: claims.expires, by: claims.user)
    }
}
