import Access
import Foundation
import Loopback
import Testing
import Trips

/// Tokens over real HTTP: those that are right, and those that are not.
@Suite struct TokenTests {
    /// A route of each kind: a gateway's, a reader's, a page, one of the process itself, none.
    private static let routes = [
        ("POST", "/v1/trips/t/points"), ("GET", "/v1/trips"), ("GET", "/"), ("GET", "/metrics"),
        ("GET", "/nothing"),
    ]

    @Test func `forged and damaged tokens get 401 on every kind of route`() async throws {
        let forge = Forge()
        let forged = try await ForgedTokens(forge: forge).all()
        #expect(forged.count >= 40)
        try await Premises.open(pem: forge.pem) { premises in
            // The forge's own work is taken where nothing is wrong with it.
            let good = try forge.token(forge.claims())
            #expect(try await premises.ask("GET", "/v1/trips", token: good).status == 200)
            for (name, token) in forged {
                for (method, path) in Self.routes {
                    let answer = try await premises.ask(method, path, token: token)
                    #expect(answer.status == 401, "\(name): \(method) \(path) \(answer.status)")
                    let says = answer["www-authenticate"] ?? ""
                    #expect(says.contains("error=\"invalid_token\""), "\(name): \(says)")
                    #expect(answer["content-type"] == "application/problem+json")
                }
            }
        }
    }

    @Test func `claims that differ within what is allowed are taken`() async throws {
        let forge = Forge()
        try await Premises.open(pem: forge.pem) { premises in
            let now = Premises.now
            let good: [(String, String)] = [
                ("several audiences", forge.claims(["aud": "[\"a\",\"tacho\"]"])),
                ("within the leeway", forge.claims(["exp": "\(now - 59)"])),
                ("begins within the leeway", forge.claims(["nbf": "\(now + 59)"])),
                ("half seconds", forge.claims(["exp": "\(now + 60).5"])),
                ("no iat", forge.claims(["iat": nil])),
                ("claims of others", forge.claims(["scope": "{\"a\":[true,null]}"])),
                ("a name of any letters", forge.claims(["sub": "\"Jos\\u00e9 🚗\""])),
            ]
            for (name, claims) in good {
                let token = try forge.token(claims)
                #expect(
                    try await premises.ask("GET", "/v1/trips", token: token).status == 200,
                    "\(name)")
            }
        }
    }

    @Test func `a remembered token ends when it ends`() async throws {
        try await Premises.open { premises in
            let token = try premises.token("ann", .driver, seconds: 10)
            for _ in 0..<3 {
                #expect(try await premises.ask("GET", "/v1/trips", token: token).status == 200)
            }
            #expect(premises.control.tokens.known(token) != nil)
            premises.advance(to: Premises.now + 10 + TokenLimits.leewaySeconds)
            #expect(try await premises.ask("GET", "/v1/trips", token: token).status == 401)
        }
    }

    @Test func `what is no bearer token is refused`() async throws {
        try await Premises.open { premises in
            let token = try premises.token("ann", .driver)
            for field in ["Basic YTpi", "Bearer", "Bearer  ", token, "Token \(token)"] {
                let answer = try await premises.ask(
                    "GET", "/v1/trips", [("authorization", field)])
                #expect(answer.status == 401, "\(field)")
            }
            let twice = [("authorization", "Bearer \(token)"), ("authorization", "Bearer x")]
            #expect(try await premises.ask("GET", "/v1/trips", twice).status == 401)
            let small = [("authorization", "bearer \(token)")]
            #expect(try await premises.ask("GET", "/v1/trips", small).status == 200)
        }
    }

    @Test func `memory of tokens is bounded and forgets nothing in use`() async throws {
        let key = try await Foreign.key()
        let verifier = TokenVerifier(
            [.init(issuer: InstallationKey.issuer, .requests, keys: KeyRing(key.keySet))],
            purpose: .requests, remembered: 100, now: { Premises.now })
        let user = try #require(UserID("ann"))
        func token(_ number: Int) -> String {
            key.token(
                for: TokenClaims(
                    user: user, role: .driver, expires: Premises.now + 600, id: "\(number)"),
                .requests, now: Premises.now)
        }
        let first = token(0)
        _ = try await verifier.verify(first)
        let tokens = (1...220).map(token)
        for (number, token) in tokens.enumerated() {
            _ = try await verifier.verify(token)
            if number.isMultiple(of: 20) { #expect(verifier.known(first) != nil) }
        }
        #expect(verifier.known(tokens[0]) == nil)
    }
}
