internal import Metrics
internal import Synchronization

/// Tells tokens that are right from all others, for one purpose.
///
/// A token that was found right is remembered by its bytes until it ends or the keys change, so that
/// a client that sends it again costs no signature.
public final class TokenVerifier: Sendable {
    /// Whose tokens are taken, and what they must be meant for.
    public struct Authority: Sendable {
        let issuer: String
        let audience: TokenAudience.Name
        let keys: KeyRing

        /// An issuer with its keys; `audience` is the installation's own name for the purpose where
        /// none is given.
        public init(
            issuer: String, _ purpose: TokenAudience, audience: String? = nil, keys: KeyRing
        ) {
            self.issuer = issuer
            self.audience = TokenAudience.Name(purpose, text: audience)
            self.keys = keys
        }
    }

    /// Tokens that are remembered, unless said otherwise.
    public static let remembered = 20_000

    private struct Known {
        let claims: TokenClaims
        let authority: Int
        let generation: Int
    }

    /// Two generations: the older one goes when the newer one is full, whatever was used of it
    /// lately has moved over.
    private struct Memory {
        var newer: [String: Known] = [:]
        var older: [String: Known] = [:]
    }

    private let authorities: [Authority]
    private let limit: Int
    private let now: @Sendable () -> Int64
    private let memory = Mutex(Memory())
    private let hits: Counter
    private let verified: Counter
    private let purpose: TokenAudience

    /// Takes tokens of these authorities.
    ///
    /// - Parameters:
    ///   - remembered: tokens that are remembered, before the older half is forgotten.
    ///   - now: the clock, in epoch seconds.
    public init(
        _ authorities: [Authority], purpose: TokenAudience,
        remembered: Int = TokenVerifier.remembered, now: @escaping @Sendable () -> Int64
    ) {
        self.authorities = authorities
        limit = max(2, remembered)
        self.now = now
        self.purpose = purpose
        hits = Self.counter(purpose, "remembered")
        verified = Self.counter(purpose, "verified")
    }

    private static func counter(_ purpose: TokenAudience, _ result: String) -> Counter {
        Counter(
            label: "tacho_access_tokens_total",
            dimensions: [("purpose", purpose.rawValue), ("result", result)])
    }

    /// What a token says that was found right before; nil for all others.
    public func known(_ token: String) -> TokenClaims? {
        let now = now()
        let found = memory.withLock { memory -> Known? in
            if let known = memory.newer[token] { return known }
            guard let known = memory.older[token] else { return nil }
            remember(known, token, &memory)
            return known
        }
        guard let found, found.claims.expires > now - TokenLimits.leewaySeconds,
            authorities[found.authority].keys.generation == found.generation
        else { return nil }
        hits.increment()
        return found.claims
    }

    /// What a token says.
    ///
    /// - Throws: ``TokenProblem`` where it is not right in every part.
    public func verify(_ token: String) async throws(TokenProblem) -> TokenClaims {
        if let claims = known(token) { return claims }
        do {
            let known = try await check(token)
            memory.withLock { remember(known, token, &$0) }
            verified.increment()
            return known.claims
        } catch {
            Self.counter(purpose, error.rawValue).increment()
            throw error
        }
    }

    private func check(_ token: String) async throws(TokenProblem) -> Known {
        let parts = try TokenParts(token)
        let now = now()
        for (number, authority) in authorities.enumerated() {
            let generation = authority.keys.generation
            guard let keys = await authority.keys.keys(with: parts.keyID, now: now) else {
                continue
            }
            try keys.verify(parts)
            let claims = try TokenClaims(
                parts.claims, issuer: authority.issuer, audience: authority.audience, now: now)
            // A set that came in between makes the token be looked at once more, never too rarely.
            return Known(claims: claims, authority: number, generation: generation)
        }
        throw .unknownKey
    }

    private func remember(_ known: Known, _ token: String, _ memory: inout Memory) {
        if memory.newer.count >= limit / 2 {
            memory.older = memory.newer
            memory.newer = [:]
        }
        memory.newer[token] = known
    }
}
