public import Access
public import Hummingbird
internal import HTTPTypes
internal import Logging
internal import Metrics

/// Lets in whom the table lets in, before any route is reached: what has no line is refused.
///
/// A program says who it is by a bearer token, a browser by its session's cookie. What a cookie
/// alone vouches for may change something only where the request comes from a page of ours.
public struct AccessMiddleware: RouterMiddleware {
    private let control: AccessControl
    private let refused = Counter(
        label: "tacho_access_refused_total", dimensions: [("code", "403")])
    private let unknown = Counter(
        label: "tacho_access_refused_total", dimensions: [("code", "401")])

    /// Lets in by a table, and by what tokens say.
    public init(_ control: AccessControl) { self.control = control }

    /// Answers, for those who may.
    public func handle(
        _ request: Request, context: TachoRequestContext,
        next: (Request, TachoRequestContext) async throws -> Response
    ) async throws -> Response {
        let route = context.endpointPath
        let line = route.flatMap { control.table.line(request.method.rawValue, $0) }
        if let line, line.isPublic, line.kind == .program {
            return try await next(request, context)
        }
        do {
            var context = context
            do {
                try await identify(request, isPhone: line?.kind == .phone, &context)
            } catch {
                if line?.isPublic == true { return try await next(request, context) }
                if let line, line.kind == .page, request.wantsPage { return Self.toSignIn }
                throw error
            }
            if line?.isPublic != true { try admit(request, &context, route, line) }
            return try await next(request, context)
        } catch let problem as Problem where problem.status == .unauthorized {
            unknown.increment()
            throw problem
        } catch let problem as Problem where problem.status == .forbidden {
            refused.increment()
            throw problem
        }
    }

    /// Finds out who asks.
    private func identify(
        _ request: Request, isPhone: Bool, _ context: inout TachoRequestContext
    ) async throws(Problem) {
        if let token = try token(of: request, isPhone: isPhone) {
            context.isStillGood = { [tokens = control.tokens] in
                if tokens.known(token) != nil { return true }
                return (try? await tokens.verify(token)) != nil
            }
            if let claims = control.tokens.known(token) {
                context.caller = claims.caller
                return
            }
            do {
                context.caller = try await control.tokens.verify(token).caller
            } catch { throw .badToken(error) }
            return
        }
        // An app of a phone writes by GET as well, which a page elsewhere could make a browser do.
        guard !isPhone, let cookie = request.sessionCookie else { throw .noToken }
        do {
            let session = try await control.session(cookie: cookie)
            context.isStillGood = { [control] in
                (try? await control.session(cookie: cookie)) != nil
            }
            context.session = session
            context.caller = session.caller
        } catch { throw .badToken(error) }
    }

    /// Decides whether the caller may.
    private func admit(
        _ request: Request, _ context: inout TachoRequestContext, _ route: String?,
        _ line: AccessLine?
    ) throws(Problem) {
        guard let caller = context.caller else { throw .noToken }
        guard let line else {
            // Where there is nothing, the router says so.
            guard let route else { return }
            guard control.table.has(route: route) else {
                context.logger.error("A route has no line.", metadata: ["route": "\(route)"])
                throw .notAllowed("This is not open to anybody.")
            }
            let allow = control.table.methods(of: route).joined(separator: ", ")
            var problem = Problem(
                .methodNotAllowed, "Method not allowed",
                detail: "\(request.uri.path) allows \(allow).")
            problem.fields[.allow] = allow
            throw problem
        }
        context.reach = line.reach(of: caller.role)
        guard context.reach != .none else {
            throw .notAllowed("A \(caller.role.rawValue) may not \(line.method) \(line.route).")
        }
        if context.reach == .own, request.namesVersion(line) {
            throw .notAllowed("A driver is answered by the live version: name none.")
        }
        guard let session = context.session, !["GET", "HEAD"].contains(line.method) else { return }
        guard request.comesFromOurPage else {
            throw .notAllowed(
                "With a cookie alone only a page of this site may change something (Origin).")
        }
        guard line.kind != .form else { return }
        guard control.isFormToken(request.headers[.formToken] ?? "", of: session) else {
            throw .notAllowed(
                "With a cookie alone a request that changes something must carry X-CSRF-Token.")
        }
    }

    /// The token that a program shows; nil where it shows none.
    private func token(of request: Request, isPhone: Bool) throws(Problem) -> String? {
        let fields = request.headers[values: .authorization]
        guard let field = fields.first else {
            return isPhone ? request.uri.queryParameters["token"].map(String.init) : nil
        }
        guard fields.count == 1 else { throw .badToken("there are several Authorization fields") }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        let word = parts.count == 2 ? parts[1].trimming { $0 == " " } : ""
        switch parts.first?.lowercased() {
        case "bearer" where !word.isEmpty: return String(word)
        case "basic" where isPhone:
            guard let bytes = Base64.decoded(word),
                let text = String(validating: bytes, as: UTF8.self),
                let colon = text.firstIndex(of: ":")
            else { break }
            return String(text[text.index(after: colon)...])
        default: break
        }
        throw .badToken(
            isPhone
                ? "the Authorization field is neither Bearer TOKEN nor Basic with it as password"
                : "the Authorization field is not of the form Bearer TOKEN")
    }

    private static var toSignIn: Response {
        Response(
            status: .seeOther,
            headers: [.location: "/sign-in", .cacheControl: "no-store", .vary: "Cookie, Accept"])
    }
}

extension Substring {
    fileprivate func trimming(_ isOut: (Character) -> Bool) -> Substring {
        var text = self.drop(while: isOut)
        while let last = text.last, isOut(last) { text.removeLast() }
        return text
    }
}

extension Request {
    /// Whether whoever asks shows pages.
    var wantsPage: Bool { headers[.accept]?.lowercased().contains("text/html") ?? false }

    /// Whether a version is asked for, as programs do by a field and pages by their address.
    func namesVersion(_ line: AccessLine) -> Bool {
        headers[.version] != nil
            || line.kind == .page && uri.queryParameters["version"] != nil
    }

    /// The session's cookie; nil where there is none, or several.
    var sessionCookie: String? {
        let found = headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap {
            part -> Substring? in
            let pair = part.trimming { $0 == " " }
            let name = "\(AccessControl.cookie)="
            return pair.hasPrefix(name) ? pair.dropFirst(name.count) : nil
        }
        return found.count == 1 ? String(found[0]) : nil
    }

    /// Whether a browser says that a page of this site sent the request.
    var comesFromOurPage: Bool {
        guard let origin = headers[.origin],
            let authority = origin.firstRange(of: "://").map({ origin[$0.upperBound...] })
        else { return headers[.fetchSite] == "same-origin" }
        let names = [head.authority, headers[.forwardedHost]]
        return names.contains { $0?.lowercased() == authority.lowercased() }
    }

    /// Whether the browser reached the site with encryption, as a proxy in front tells.
    public var isEncrypted: Bool {
        headers[.forwardedProto]?.lowercased() == "https"
    }
}

extension HTTPField.Name {
    static let version = HTTPField.Name("Tacho-Version")!
    static let formToken = HTTPField.Name("X-CSRF-Token")!
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let forwardedHost = HTTPField.Name("X-Forwarded-Host")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
}
