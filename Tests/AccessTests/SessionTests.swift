import Access
import Foundation
import Loopback
import Testing
import Trips

/// A browser's way in and out.
@Suite struct SessionTests {
    /// What a browser keeps of an answer's cookie.
    private static func cookie(_ answer: Answer) throws -> String {
        try #require(answer["set-cookie"]?.split(separator: ";").first.map(String.init))
    }

    private static func signIn(_ premises: Premises, _ role: Role) async throws -> String {
        let link = try premises.token("ann", role, .signIn)
        return try cookie(try await premises.ask("GET", "/sign-in?token=\(link)"))
    }

    private static let page = [("accept", "text/html,application/xhtml+xml")]

    @Test func `a link signs in, and leaves its token behind`() async throws {
        try await Premises.open { premises in
            let start = try await premises.ask("GET", "/", Self.page)
            #expect(start.status == 303 && start["location"] == "/sign-in")
            #expect(try await premises.ask("GET", "/").status == 401)
            let how = try await premises.ask("GET", "/sign-in", Self.page)
            #expect(how.status == 200 && how.body.contains("tacho token --link"))

            let link = try premises.token("ann", .operator, .signIn)
            let answer = try await premises.ask("GET", "/sign-in?token=\(link)", Self.page)
            #expect(answer.status == 303 && answer["location"] == "/")
            #expect(answer["referrer-policy"] == "no-referrer")
            #expect(answer["cache-control"] == "no-store")
            let set = answer["set-cookie"] ?? ""
            #expect(set.contains("; HttpOnly") && set.contains("; SameSite=Lax"))
            #expect(set.contains("; Path=/") && !set.contains("Secure"))
            let kept = [("cookie", "other=1; \(try Self.cookie(answer))")]
            #expect(try await premises.ask("GET", "/", kept + Self.page).status == 200)
            #expect(try await premises.ask("GET", "/v1/trips", kept).status == 200)

            let secure = try await premises.ask(
                "GET", "/sign-in?token=\(link)", [("x-forwarded-proto", "https")])
            #expect(secure["set-cookie"]?.contains("; Secure") == true)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a live stream ends with what its caller has shown`() async throws {
        try await Premises.open { premises in
            let token = try premises.token("ann", .operator)
            let cookie = try await Self.signIn(premises, .operator)
            for field in [("authorization", "Bearer \(token)"), ("cookie", cookie)] {
                premises.advance(to: Premises.now)
                let told = try await premises.stream("/v1/live", field) {
                    premises.advance(to: Premises.now + 30 * 86_400)
                }
                #expect(told.status == 200 && told.body.contains("retry:"), "\(field.0)")
                #expect(try await premises.ask("GET", "/v1/live", [field]).status == 401)
            }
        }
    }

    @Test func `tokens of one purpose are of no use for another`() async throws {
        try await Premises.open { premises in
            let kinds: [TokenAudience] = [.requests, .session, .share]
            for kind in kinds {
                let token = try premises.token("ann", .operator, kind)
                let answer = try await premises.ask("GET", "/sign-in?token=\(token)", Self.page)
                #expect(answer.status == 401 && answer["set-cookie"] == nil, "\(kind)")
                #expect(answer.body.contains("does not sign you in"))
            }
            for kind in [TokenAudience.requests, .signIn, .share] {
                let field = [
                    ("cookie", "tacho_session=\(try premises.token("ann", .operator, kind))")
                ]
                #expect(try await premises.ask("GET", "/v1/trips", field).status == 401, "\(kind)")
            }
            for kind in [TokenAudience.session, .signIn, .share] {
                let token = try premises.token("ann", .operator, kind)
                #expect(try await premises.ask("GET", "/v1/trips", token: token).status == 401)
            }
        }
    }

    @Test func `a session ends, and a bad cookie leads to the sign-in page`() async throws {
        try await Premises.open { premises in
            let kept = [("cookie", try await Self.signIn(premises, .driver))]
            #expect(try await premises.ask("GET", "/", kept + Self.page).status == 200)
            let end = Premises.now + AccessControl.sessionSeconds + TokenLimits.leewaySeconds
            premises.advance(to: end)
            let late = try await premises.ask("GET", "/", kept + Self.page)
            #expect(late.status == 303 && late["location"] == "/sign-in")
            for bad in ["tacho_session=x", "tacho_session=", "tacho_session=a; tacho_session=b"] {
                let answer = try await premises.ask("GET", "/", [("cookie", bad)] + Self.page)
                #expect(answer.status == 303, "\(bad)")
            }
        }
    }

    @Test func `signing out takes the form of the session, from a page of ours`() async throws {
        try await Premises.open { premises in
            let kept = ("cookie", try await Self.signIn(premises, .driver))
            let page = try await premises.ask("GET", "/sign-in", [kept] + Self.page)
            let field = try #require(page.body.firstMatch(of: /name="csrf" value="([^"]+)"/)?.1)
            let form = ("content-type", "application/x-www-form-urlencoded")
            let ours = ("origin", "http://localhost")
            func out(_ fields: [(String, String)], _ body: String) async throws -> Answer {
                try await premises.ask("POST", "/sign-out", [kept, form] + fields, body: body)
            }
            #expect(try await out([], "csrf=\(field)").status == 403)
            #expect(
                try await out([("origin", "http://evil.example")], "csrf=\(field)").status == 403)
            #expect(try await out([("origin", "null")], "csrf=\(field)").status == 403)
            #expect(try await out([ours], "").status == 403)
            #expect(try await out([ours], "csrf=\(field.dropLast())").status == 403)
            let other = try await Self.signIn(premises, .driver)
            let otherPage = try await premises.ask("GET", "/sign-in", [("cookie", other)])
            let foreign = try #require(otherPage.body.firstMatch(of: /value="([^"]+)"/)?.1)
            #expect(try await out([ours], "csrf=\(foreign)").status == 403)
            let answer = try await out([ours], "csrf=\(field)")
            #expect(answer.status == 303 && answer["location"] == "/sign-in")
            #expect(answer["set-cookie"]?.contains("tacho_session=; Max-Age=0") == true)
        }
    }

    @Test func `with a cookie alone nothing is uploaded without the form's token`() async throws {
        try await Premises.open { premises in
            let kept = ("cookie", try await Self.signIn(premises, .driver))
            let page = try await premises.ask("GET", "/sign-in", [kept])
            let token = try #require(page.body.firstMatch(of: /value="([^"]+)"/)?.1)
            let ours = ("origin", "http://localhost")
            func end(_ fields: [(String, String)]) async throws -> Int {
                try await premises.ask("POST", "/v1/trips/t/end", [kept] + fields).status
            }
            #expect(try await end([]) == 403)
            #expect(try await end([ours]) == 403)
            #expect(try await end([("x-csrf-token", String(token))]) == 403)
            #expect(try await end([ours, ("x-csrf-token", String(token))]) == 202)
            let site = ("sec-fetch-site", "same-origin")
            #expect(try await end([site, ("x-csrf-token", String(token))]) == 202)
        }
    }

    @Test func `an app of a phone shows a token, and a cookie is none`() async throws {
        try await Premises.open { premises in
            let token = try premises.token("ann", .driver)
            let at = "id=1&lat=47.6&lon=-122.1&timestamp=\(Premises.now)"
            let basic = Data("anyone:\(token)".utf8).base64EncodedString()
            func status(_ path: String, _ fields: [(String, String)] = []) async throws -> Int {
                let answer = try await premises.ask("GET", path, fields)
                return answer.status
            }
            let none = try await status("/osmand?\(at)")
            #expect(none == 401)
            #expect(try await status("/osmand?\(at)&token=\(token)") == 200)
            #expect(try await status("/osmand?\(at)", [("authorization", "Basic \(basic)")]) == 200)
            #expect(try await status("/osmand?\(at)&token=\(token.dropLast())") == 401)
            // Nowhere else does an address or a password let in.
            #expect(try await status("/v1/trips?token=\(token)") == 401)
            #expect(try await status("/v1/trips", [("authorization", "Basic \(basic)")]) == 401)
            let cookie = ("cookie", try await Self.signIn(premises, .driver))
            let ours = ("origin", "http://localhost")
            #expect(try await status("/osmand?\(at)", [cookie, ours]) == 401)
        }
    }

    @Test func `a grant shows one trip until it ends, and cannot be altered`() async throws {
        try await Premises.open { premises in
            let grant = ShareGrant(
                trip: try #require(TripID("of-ann")), until: Premises.now + 100,
                by: try #require(UserID("ann")))
            let text = premises.control.text(of: grant)
            #expect(try await premises.control.grant(text) == grant)
            // Not its end: the last byte of one signature in sixteen is 0 as it is.
            let other = text.dropLast(40).last == "A" ? "B" : "A"
            await #expect(throws: TokenProblem.self) {
                try await premises.control.grant(
                    String(text.dropLast(41)) + other + text.suffix(40))
            }
            let token = try premises.token("ann", .operator)
            await #expect(throws: TokenProblem.audience) {
                try await premises.control.grant(token)
            }
            premises.advance(to: Premises.now + 100)
            await #expect(throws: TokenProblem.expired) { try await premises.control.grant(text) }
        }
    }
}
