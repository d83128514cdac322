import Access
import Foundation
import Loopback
import Testing
import Trips

/// Every route of the router, by every kind of caller, against the table.
@Suite struct MatrixTests {
    /// Who asks.
    enum Asker: CaseIterable {
        case nobody, foreignIssuer, expired, wrongAudience
        case owner, otherDriver, service, `operator`

        var role: Role? {
            switch self {
            case .nobody, .foreignIssuer, .expired, .wrongAudience: nil
            case .owner, .otherDriver: .driver
            case .service: .service
            case .operator: .operator
            }
        }
    }

    private static let trip = "matrix-trip"
    private static let user = "ann"

    @Test func `every route has a line, and every line a route`() async throws {
        try await Premises.open { premises in
            let table = AccessTable.tacho
            let routes = Set(premises.router.map(\.route))
            #expect(!routes.isEmpty)
            for route in routes { #expect(table.has(route: route), "\(route) has no line") }
            for line in table.all {
                #expect(
                    premises.router.contains { $0 == (line.method, line.route) },
                    "\(line.method) \(line.route) is no route")
            }
        }
    }

    @Test func `a method without a line is answered by nothing but a refusal`() async throws {
        try await Premises.open { premises in
            let token = try premises.token("root", .service)
            for (method, route) in premises.router
            where AccessTable.tacho.line(method, route) == nil {
                let answer = try await premises.ask(
                    method, Self.path(of: route), token: token, body: "{}")
                #expect(answer.status == 405, "\(method) \(route)")
                #expect(answer["allow"] != nil || method == "HEAD", "\(method) \(route)")
            }
        }
    }

    @Test func `every route answers every caller as the table says`() async throws {
        try await Premises.open { premises in
            try await premises.drive(Self.trip, by: Self.user)
            for line in AccessTable.tacho.all {
                for (number, asker) in Asker.allCases.enumerated() {
                    // What one may change, the next one finds as it was.
                    let isFresh = line.route.hasPrefix("/api/") && line.route.contains("{")
                    let name = "\(line.method)\(line.route.count)-\(number)"
                    let trip = isFresh ? "trip-\(name)" : Self.trip
                    let user = isFresh ? "user-\(name)" : Self.user
                    if isFresh { try await premises.drive(trip, by: user) }
                    let token = try await Self.token(of: asker, premises, owner: user)
                    let answer = try await premises.ask(
                        line.method, Self.path(of: line.route, trip, user), token: token,
                        [("content-type", "application/json")],
                        body: line.method == "GET" ? "" : "{}")
                    if line.route == "/api/poi/trip/{trip}", asker == .otherDriver {
                        // As for a trip that nobody has heard of.
                        #expect(answer.status == 200 && answer.body == "[]")
                        continue
                    }
                    Self.judge(answer.status, line, asker)
                    if answer.status == 401 {
                        let isNamed = answer["www-authenticate"]?.hasPrefix("Bearer ") == true
                        #expect(isNamed || line.route == "/sign-in", "\(line.route)")
                        #expect(answer["content-type"] == "application/problem+json")
                    }
                }
            }
        }
    }

    /// What the table lets expect.
    private static func judge(_ status: Int, _ line: AccessLine, _ asker: Asker) {
        let what = "\(line.method) \(line.route) for \(asker): \(status)"
        if line.isPublic {
            #expect(status != 401 && status != 403, "\(what)")
            return
        }
        guard let role = asker.role else {
            #expect(status == 401, "\(what)")
            return
        }
        switch line.reach(of: role) {
        case .none: #expect(status == 403, "\(what)")
        case .all:
            #expect(status != 401 && status != 403, "\(what)")
            #expect(status != 404 || !line.route.contains("{") || line.isOfParts, "\(what)")
        case .own where asker == .otherDriver && line.route.contains("{trip}"):
            // Reading tells nothing of what is there; writing to it is refused where it is known.
            #expect(status == (line.method == "GET" ? 404 : 403), "\(what)")
        case .own where asker == .otherDriver && line.route.contains("{user}"):
            #expect(status == 403, "\(what)")
        case .own:
            #expect(status != 401 && status != 403, "\(what)")
            #expect(status != 404 || line.isOfParts, "\(what)")
        }
    }

    private static func path(
        of route: String, _ trip: String = trip, _ user: String = user
    ) -> String {
        route.replacing("{trip}", with: trip).replacing("{user}", with: user)
            .replacing("{point}", with: "x").replacing("{poi}", with: "x")
            .replacing("{tag}", with: "x").replacing("{file}", with: "site.css")
    }

    private static func token(
        of asker: Asker, _ premises: Premises, owner user: String
    ) async throws -> String? {
        switch asker {
        case .nobody: nil
        case .foreignIssuer:
            try await Foreign.key().token(
                for: TokenClaims(
                    user: #require(UserID(user)), role: .operator, expires: Premises.now + 600),
                .requests, now: Premises.now)
        case .expired: try premises.token(user, .operator, seconds: -600)
        case .wrongAudience: try premises.token(user, .operator, .session)
        case .owner: try premises.token(user, .driver)
        case .otherDriver: try premises.token("bob", .driver)
        case .service: try premises.token("fleet", .service)
        case .operator: try premises.token("root", .operator)
        }
    }

    @Test func `an unknown path tells nothing to nobody`() async throws {
        try await Premises.open { premises in
            #expect(try await premises.ask("GET", "/nothing").status == 401)
            #expect(try await premises.ask("DELETE", "/v1/trips/x/points").status == 401)
            let token = try premises.token("ann", .driver)
            #expect(try await premises.ask("GET", "/nothing", token: token).status == 404)
        }
    }

    @Test func `a driver sees and names their own only`() async throws {
        try await Premises.open { premises in
            try await premises.drive("of-ann", by: "ann")
            try await premises.drive("of-bob", by: "bob")
            let ann = try premises.token("ann", .driver)
            let list = try await premises.ask("GET", "/v1/trips", token: ann)
            #expect(list.body.contains("of-ann") && !list.body.contains("of-bob"))
            #expect(try await premises.ask("GET", "/v1/trips?user=ann", token: ann).status == 200)
            #expect(try await premises.ask("GET", "/v1/trips?user=bob", token: ann).status == 403)
            let page = try await premises.ask("GET", "/", token: ann)
            #expect(page.body.contains("of-ann") && !page.body.contains("of-bob"))
            // What is not theirs looks like what is not there.
            let foreign = try await premises.ask("GET", "/v1/trips/of-bob", token: ann)
            let missing = try await premises.ask("GET", "/v1/trips/of-nobody", token: ann)
            #expect(foreign.status == 404 && foreign.body == missing.body)
            let candidate = [("tacho-version", "7")]
            #expect(try await premises.ask("GET", "/v1/trips", token: ann, candidate).status == 403)
            let root = try premises.token("root", .operator)
            #expect(
                try await premises.ask("GET", "/v1/trips", token: root, candidate).status == 404)
        }
    }

    @Test func `uploads are written by whom they may be`() async throws {
        try await Premises.open { premises in
            try await premises.drive("of-ann", by: "ann")
            let json = [("content-type", "application/json")]
            func end(_ trip: String, _ token: String, user: String?) async throws -> Int {
                let body = user.map { "{\"userId\":\"\($0)\"}" } ?? "{}"
                return try await premises.ask(
                    "POST", "/v1/trips/\(trip)/end", token: token, json, body: body
                ).status
            }
            let ann = try premises.token("ann", .driver)
            let bob = try premises.token("bob", .driver)
            let fleet = try premises.token("fleet", .service)
            #expect(try await end("of-ann", ann, user: nil) == 202)
            #expect(try await end("of-ann", ann, user: "ann") == 202)
            #expect(try await end("new", ann, user: "bob") == 403)
            #expect(try await end("of-ann", bob, user: nil) == 403)
            #expect(try await end("of-ann", fleet, user: "bob") == 403)
            #expect(try await end("of-ann", fleet, user: "ann") == 202)
            // An end that names nobody is the owner's; points that name nobody are anonymous.
            #expect(try await end("of-ann", fleet, user: nil) == 202)
            let points = """
                {"points": [{"time": \(Premises.now * 1_000), "latitude": 1, "longitude": 2}]}
                """
            for (trip, status) in [("of-ann", 403), ("of-nobody-yet", 202)] {
                let answer = try await premises.ask(
                    "POST", "/v1/trips/\(trip)/points", token: fleet, json, body: points)
                #expect(answer.status == status)
            }
            #expect(try await end("new", fleet, user: "carl") == 202)
            let root = try premises.token("root", .operator)
            #expect(try await end("new", root, user: nil) == 403)
        }
    }
}

extension AccessLine {
    /// Whether the route names something that the test has not made.
    fileprivate var isOfParts: Bool { route.contains("{point}") || route.contains("{poi}") }
}

/// Keys that nobody here trusts.
enum Foreign {
    static func key() async throws -> InstallationKey {
        let path = NSTemporaryDirectory() + "tacho-foreign-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await KeyFile.readOrMake(path)
    }
}
