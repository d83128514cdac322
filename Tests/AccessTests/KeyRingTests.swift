import Access
import Foundation
import HTTPTypes
import Loopback
import Testing

/// Another issuer's keys: read, changed, away.
@Suite struct KeyRingTests {
    private static func ring(_ text: String) throws -> KeyRing {
        KeyRing(source: try #require(KeySource(text)))
    }

    private static func authority(_ ring: KeyRing) -> TokenVerifier.Authority {
        .init(issuer: Issuer.name, .requests, audience: Issuer.audience, keys: ring)
    }

    private static func status(
        _ issuer: Issuer, _ premises: Premises, _ claims: Issuer.Claims = .init()
    ) async throws -> Int {
        let token = try await issuer.token(claims)
        return try await premises.ask("GET", "/v1/trips", token: token).status
    }

    @Test func `tokens of all three algorithms are taken, and of no other issuer`() async throws {
        try await KeyServer.run { server in
            let issuers = [
                try await Issuer.p256("p"), try await Issuer.ed25519("e"),
                try await Issuer.rsa("r"),
            ]
            server.serve(issuers.map(\.jwk))
            let ring = try Self.ring(server.address)
            try await Premises.open(others: [Self.authority(ring)]) { premises in
                for issuer in issuers {
                    #expect(try await Self.status(issuer, premises) == 200)
                    var claims = Issuer.Claims()
                    claims.iss = "tacho"
                    #expect(try await Self.status(issuer, premises, claims) == 401)
                    claims = Issuer.Claims()
                    claims.aud = ["tacho"]
                    #expect(try await Self.status(issuer, premises, claims) == 401)
                    claims = Issuer.Claims()
                    claims.exp = Premises.now - 100
                    #expect(try await Self.status(issuer, premises, claims) == 401)
                    claims = Issuer.Claims()
                    claims.role = "root"
                    #expect(try await Self.status(issuer, premises, claims) == 401)
                }
                // The installation's own tokens are taken as well.
                let own = try premises.token("ann", .driver)
                #expect(try await premises.ask("GET", "/v1/trips", token: own).status == 200)
            }
        }
    }

    @Test func `a new key is read when a token names it, but not for every token`() async throws {
        try await KeyServer.run { server in
            let old = try await Issuer.p256("old")
            let new = try await Issuer.p256("new")
            server.serve([old.jwk])
            let ring = try Self.ring(server.address)
            try await Premises.open(others: [Self.authority(ring)]) { premises in
                let first = try await Self.status(old, premises)
                #expect(first == 200 && server.asked == 1)
                server.serve([old.jwk, new.jwk])
                for _ in 0..<5 { #expect(try await Self.status(new, premises) == 401) }
                #expect(server.asked == 1)
                premises.advance(to: Premises.now + KeyRing.unknownSeconds)
                #expect(try await Self.status(new, premises) == 200)
                #expect(server.asked == 2)
                let remembered = try await old.token()
                for _ in 0..<2 {
                    let answer = try await premises.ask("GET", "/v1/trips", token: remembered)
                    #expect(answer.status == 200)
                }
                // The old one goes: what was remembered of it goes too.
                server.serve([new.jwk])
                await ring.refresh(now: Premises.now + KeyRing.unknownSeconds)
                let answer = try await premises.ask("GET", "/v1/trips", token: remembered)
                #expect(answer.status == 401)
                #expect(try await Self.status(old, premises) == 401)
                #expect(try await Self.status(new, premises) == 200)
            }
        }
    }

    @Test func `keys are kept while their source is away, for a day`() async throws {
        try await KeyServer.run { server in
            let issuer = try await Issuer.p256("p")
            server.serve([issuer.jwk])
            let ring = try Self.ring(server.address)
            try await Premises.open(others: [Self.authority(ring)]) { premises in
                var claims = Issuer.Claims()
                claims.exp = Premises.now + 10 * 86_400
                let token = try await issuer.token(claims)
                func status() async throws -> Int {
                    try await premises.ask("GET", "/v1/trips", token: token).status
                }
                #expect(try await status() == 200)
                for keys in [[], ["{\"kty\":\"oct\",\"kid\":\"p\",\"k\":\"AAAA\"}"]] {
                    server.serve(keys)
                    await ring.refresh(now: Premises.now + 1)
                    #expect(ring.keyIDs == ["p"])
                }
                server.serve([issuer.jwk], status: .internalServerError)
                await ring.refresh(now: Premises.now + 2)
                #expect(try await status() == 200)
                premises.advance(to: Premises.now + KeyRing.staleSeconds)
                claims.sub = "bob"
                let another = try await issuer.token(claims)
                #expect(
                    try await premises.ask("GET", "/v1/trips", token: another).status == 401)
                server.serve([issuer.jwk])
                premises.advance(to: Premises.now + KeyRing.staleSeconds + KeyRing.unknownSeconds)
                #expect(
                    try await premises.ask("GET", "/v1/trips", token: another).status == 200)
            }
        }
    }

    @Test func `weak, private and odd keys are left out, and said`() async throws {
        let good = try await Issuer.ed25519("good").jwk
        let weak = "{\"kty\":\"RSA\",\"kid\":\"weak\",\"e\":\"AQAB\",\"n\":\"\(Self.bits(1_024))\"}"
        let others = [
            weak, "{\"kty\":\"oct\",\"kid\":\"secret\",\"k\":\"AAAA\"}",
            "{\"kty\":\"EC\",\"crv\":\"P-384\",\"kid\":\"large\",\"x\":\"AA\",\"y\":\"AA\"}",
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}",
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"short\",\"x\":\"AAAA\"}",
            good.replacing("\"good\"", with: "\"enc\",\"use\":\"enc\""),
            good.replacing("\"good\"", with: "\"named\",\"alg\":\"ES256\""), "7",
        ]
        let text = "{\"keys\":[\(([good] + others).joined(separator: ","))]}"
        let set = try await KeySet(jwks: Array(text.utf8))
        #expect(set.keyIDs == ["good"])
        #expect(set.leftOut.count == others.count)
        #expect(set.leftOut.first?.reason.contains("1024 bits") == true)
        await #expect(throws: KeySetProblem.self) {
            try await KeySet(jwks: Array("{\"keys\":[\(weak)]}".utf8))
        }
        for text in ["", "{}", "{\"keys\":{}}", "{\"keys\":[]}", "[]", "{\"keys\":[],\"keys\":[]}"]
        {
            await #expect(throws: KeySetProblem.self) {
                try await KeySet(jwks: Array(text.utf8))
            }
        }
        let many = Array(repeating: "{}", count: KeySet.keyLimit + 1).joined(separator: ",")
        await #expect(throws: KeySetProblem.tooManyKeys(KeySet.keyLimit + 1)) {
            try await KeySet(jwks: Array("{\"keys\":[\(many)]}".utf8))
        }
    }

    private static func bits(_ count: Int) -> String {
        Forge.text(Data([0x80] + [UInt8](repeating: 1, count: count / 8 - 1)))
    }

    @Test func `keys may lie in a file, which is read again`() async throws {
        let path = NSTemporaryDirectory() + "tacho-jwks-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try await Issuer.p256("first")
        try Data("{\"keys\":[\(first.jwk)]}".utf8).write(to: URL(filePath: path))
        let ring = try Self.ring(path)
        await ring.refresh(now: Premises.now)
        #expect(ring.keyIDs == ["first"])
        try FileManager.default.removeItem(atPath: path)
        await ring.refresh(now: Premises.now)
        #expect(ring.keyIDs == ["first"])
    }

    @Test func `only files and addresses of http and https are sources`() {
        #expect(KeySource("ftp://a/b") == nil)
        #expect(KeySource("https://") == nil)
        #expect(KeySource("") == nil)
        #expect(KeySource("https://id.example/keys") != nil)
        #expect(KeySource("keys.json") != nil)
    }
}
