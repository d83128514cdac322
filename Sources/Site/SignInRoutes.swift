public import Access
internal import HTTPTypes
public import Hummingbird
internal import NIOCore
internal import Trips
public import Web

/// How a browser signs in and out: by a link that `tacho up` or `tacho token --link` prints.
public struct SignInRoutes: Sendable {
    private let control: AccessControl

    private let options: SiteOptions

    /// Routes that sign in for what this control makes of links, with pages like the site's.
    public init(_ control: AccessControl, _ site: Site) {
        self.control = control
        options = site.options
    }

    /// Adds `/sign-in` and `/sign-out`.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        router.on("/sign-in", method: .get, use: signIn)
        router.on("/sign-in", method: .head) { request, context in
            try await signIn(request, context).createHeadResponse()
        }
        router.on("/sign-out", method: .post, use: signOut)
    }

    /// Makes a session of the link's token, and leaves the token behind.
    private func signIn(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        guard let token = request.uri.queryParameters["token"] else {
            return page(SignInView(context.session), context, request)
        }
        // Looking at a link does not use it: a mail program may look at every one.
        guard request.method == .get else { return page(SignInView(nil), context, request) }
        let cookie: String
        do {
            cookie = try await control.signIn(link: String(token)).cookie
        } catch {
            return page(SignInView(refused: error), context, status: .unauthorized, request)
        }
        let seconds = AccessControl.sessionSeconds
        return Self.elsewhere(
            "/", request, cookie: "\(AccessControl.cookie)=\(cookie); Max-Age=\(seconds)")
    }

    private func signOut(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        let form = try await FormBody(of: request)
        if let session = context.session {
            guard control.isFormToken(form[AccessControl.formField] ?? "", of: session) else {
                throw Problem.notAllowed("The form is not one of this session.")
            }
        }
        return Self.elsewhere("/sign-in", request, cookie: "\(AccessControl.cookie)=; Max-Age=0")
    }

    private func page(
        _ view: SignInView, _ context: TachoRequestContext,
        status: HTTPResponse.Status = .ok, _ request: Request
    ) -> Response {
        let viewer = Viewer(context, control)
        var response = Page.response(
            view.text(viewer, options, request), status: status, to: request)
        response.headers[.cacheControl] = "no-store"
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    /// Sends the browser on with another cookie, and without the address that it came by.
    private static func elsewhere(
        _ path: String, _ request: Request, cookie: String
    ) -> Response {
        let secure = request.isEncrypted ? "; Secure" : ""
        return Response(
            status: .seeOther,
            headers: [
                .location: path, .cacheControl: "no-store", .referrerPolicy: "no-referrer",
                .setCookie: "\(cookie); Path=/; HttpOnly; SameSite=Lax\(secure)",
            ])
    }
}
