public import Access
internal import HTTPTypes
public import Hummingbird
public import Projection
public import Topics
internal import Trips
public import Web

/// The website: pages made on the server, complete without a script.
public struct Site: Sendable {
    /// Trips on a page of the list.
    public static let tripsOnPage = 30
    /// Gives what a page is made from; nil where the version that is named is not served.
    public typealias Source =
        @Sendable (Version?, _ page: (Projection, _ isRebuilding: Bool) throws -> Response) throws
        -> Response?
    let source: Source
    let options: SiteOptions
    let actions: SiteActions?
    let thumbnails = ThumbnailCache()
    /// What signs forms and links; nil for a site that has none.
    private(set) var control: AccessControl?

    /// Pages of what the source gives, once a request.
    ///
    /// - Parameter actions: what pages do beyond reading; nil where they only read.
    public init(
        options: SiteOptions = SiteOptions(), actions: SiteActions? = nil,
        source: @escaping Source
    ) {
        self.options = options
        self.actions = actions
        self.source = source
    }

    /// Adds the pages and what belongs to them.
    ///
    /// - Parameter control: signs forms and links; without it pages have none.
    public func addRoutes(
        to router: Router<TachoRequestContext>, control: AccessControl? = nil
    ) {
        var site = self
        site.control = control
        site.addReading(to: router)
        guard let actions, let control else { return }
        site.addForms(to: router, actions, control)
        site.addShared(to: router, actions, control)
    }

    private func addReading(to router: Router<TachoRequestContext>) {
        add("/", to: router) { request, context in
            try whole(request, context) { try list(request, context, $0) }
        }
        add("/trips/{trip}", to: router) { request, context in
            try whole(request, context) { try trip(request, context, $0) }
        }
        add("/trips/{trip}/drive.json", to: router) { request, context in
            try whole(request, context) { try drive(request, context, $0) }
        }
        add("/trips/{trip}/thumbnail.svg", to: router) { request, context in
            try whole(request, context) { try thumbnail(request, context, $0) }
        }
        add("/profile", to: router) { request, context in
            try whole(request, context) { try profile(request, context, $0) }
        }
        add("/assets/{tag}/{file}", to: router) { request, context in
            asset(request, context)
        }
        guard let actions else { return }
        add("/operator", to: router) { request, context in
            try await operations(request, context, actions)
        }
        add("/operator/diff", to: router) { request, context in
            try await diff(request, context, actions)
        }
    }

    private func addForms(
        to router: Router<TachoRequestContext>, _ actions: SiteActions, _ control: AccessControl
    ) {
        add("/trips/{trip}/delete", to: router) { request, context in
            try whole(request, context) { try askDeletion(request, context, $0) }
        }
        router.on("/trips/{trip}/delete", method: .post) { request, context in
            try await tripForm(request, context, control) { shown, _ in
                try await delete(shown, request, context, actions)
            }
        }
        router.on("/trips/{trip}/share", method: .post) { request, context in
            try await tripForm(request, context, control) { shown, fields in
                try share(shown, request, context, fields, control, actions)
            }
        }
        router.on("/settings/home", method: .post) { request, context in
            try await form(request, context, control) { fields in
                try await changeHome(request, context, fields, actions)
            }
        }
        router.on("/settings", method: .post) { request, context in
            try await form(request, context, control) { fields in try settings(fields) }
        }
    }

    private func addShared(
        to router: Router<TachoRequestContext>, _ actions: SiteActions, _ control: AccessControl
    ) {
        add("/shared/{grant}", to: router) { request, context in
            try await shared(request, context, control) { try sharedTrip(request, context, $0, $1) }
        }
        add("/shared/{grant}/drive.json", to: router) { request, context in
            try await shared(request, context, control) { shown, _ in
                sharedDrive(request, shown)
            }
        }
        for format in ["gpx", "csv", "geojson", "json"] {
            let path = RouterPath("/shared/{grant}/track.\(format)")
            add(path, to: router) { request, context in
                try await shared(request, context, control) { shown, _ in
                    try sharedTrack(format, shown, actions)
                }
            }
        }
    }

    private func add(
        _ path: RouterPath, to router: Router<TachoRequestContext>,
        _ page: @escaping @Sendable (Request, TachoRequestContext) async throws -> Response
    ) {
        router.on(path, method: .get) { request, context in try await page(request, context) }
        router.on(path, method: .head) { request, context in
            try await page(request, context).createHeadResponse()
        }
    }

    /// The version that the address names; nil where it names none.
    ///
    /// - Throws: ``Missing`` for one that is none.
    func pinned(
        _ request: Request, _ context: TachoRequestContext
    ) throws(Missing) -> Version? {
        guard let text = request.uri.queryParameters["version"] else { return nil }
        // Other versions than the live one are no driver's concern.
        guard context.reach == .all, let version = Int(text).flatMap({ Version($0) }) else {
            throw .version
        }
        return version
    }

    /// Answers by a projection that is whole.
    func whole(
        _ request: Request, _ context: TachoRequestContext,
        _ page: (Projection) throws -> Response
    ) throws -> Response {
        do {
            let response = try source(try pinned(request, context)) { projection, isRebuilding in
                guard !isRebuilding else {
                    var response = message(
                        "One moment", .rebuilding, .serviceUnavailable, request, context)
                    response.headers[.retryAfter] = "2"
                    return response
                }
                return try page(projection)
            }
            guard let response else { throw Missing.version }
            return response
        } catch let missing as Missing {
            return message(missing.title, missing.view, .notFound, request, context)
        }
    }

    /// What is not there.
    enum Missing: Error {
        case trip
        case version
        case list
        case diff
        case share

        var title: String {
            switch self {
            case .trip: "No such trip"
            case .version: "No such version"
            case .list: "No such page"
            case .diff: "No comparison"
            case .share: "This link shows nothing"
            }
        }

        var view: MessageView {
            switch self {
            case .trip: .noTrip
            case .version: .noVersion
            case .list: .noList
            case .diff: .noDiff
            case .share: .noShare
            }
        }
    }

    /// An answer that says something in a few words.
    func message(
        _ title: String, _ view: MessageView, _ status: HTTPResponse.Status, _ request: Request,
        _ context: TachoRequestContext
    ) -> Response {
        Page.response(
            Templates.render(.message, frame(title, request, context), view), status: status,
            to: request)
    }

    /// What is around a page.
    func frame(_ title: String, _ request: Request, _ context: TachoRequestContext) -> Frame {
        Frame(title, Preferences(of: request), options, Viewer(context, control))
    }

    private func asset(_ request: Request, _ context: TachoRequestContext) -> Response {
        guard let file = Assets.file(context.parameters.get("file") ?? "", options.leaflet) else {
            return message(
                "No such file",
                MessageView(
                    text: "There is no such file of this site.", link: "/",
                    linkText: "To the newest trips"),
                .notFound, request, context)
        }
        let path = "/assets/\(context.parameters.get("tag") ?? "")"
        return Page.asset(file, isCurrent: path == Assets.base)
    }
}
