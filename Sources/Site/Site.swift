internal import Access
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
    public func addRoutes(to router: Router<TachoRequestContext>) {
        add("/", to: router) { request, context in
            try whole(request) { try list(request, context, $0) }
        }
        add("/trips/{trip}", to: router) { request, context in
            try whole(request) { try trip(request, context, $0) }
        }
        add("/trips/{trip}/drive.json", to: router) { request, context in
            try whole(request) { try drive(request, context, $0) }
        }
        add("/trips/{trip}/thumbnail.svg", to: router) { request, context in
            try whole(request) { try thumbnail(request, context, $0) }
        }
        if let actions {
            add("/operator", to: router) { request, context in
                try await operations(request, context, actions)
            }
            add("/operator/diff", to: router) { request, context in
                try await diff(request, context, actions)
            }
        }
        add("/assets/{tag}/{file}", to: router) { request, context in
            asset(request, context)
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
    func pinned(_ request: Request) throws(Missing) -> Version? {
        guard let text = request.uri.queryParameters["version"] else { return nil }
        guard let version = Int(text).flatMap({ Version($0) }) else { throw .version }
        return version
    }

    /// Answers by a projection that is whole.
    func whole(
        _ request: Request, _ page: (Projection) throws -> Response
    ) throws -> Response {
        do {
            let response = try source(try pinned(request)) { projection, isRebuilding in
                guard !isRebuilding else {
                    var response = message(
                        "One moment", .rebuilding, .serviceUnavailable, request)
                    response.headers[.retryAfter] = "2"
                    return response
                }
                return try page(projection)
            }
            guard let response else { throw Missing.version }
            return response
        } catch let missing as Missing {
            return message(missing.title, missing.view, .notFound, request)
        }
    }

    /// What is not there.
    enum Missing: Error {
        case trip
        case version
        case list
        case diff

        var title: String {
            switch self {
            case .trip: "No such trip"
            case .version: "No such version"
            case .list: "No such page"
            case .diff: "No comparison"
            }
        }

        var view: MessageView {
            switch self {
            case .trip: .noTrip
            case .version: .noVersion
            case .list: .noList
            case .diff: .noDiff
            }
        }
    }

    /// An answer that says something in a few words.
    func message(
        _ title: String, _ view: MessageView, _ status: HTTPResponse.Status, _ request: Request
    ) -> Response {
        Page.response(
            Templates.render(.message, frame(title, request), view), status: status, to: request)
    }

    /// What is around a page.
    func frame(_ title: String, _ request: Request, isOperator: Bool = false) -> Frame {
        Frame(title, Preferences(of: request), options, isOperator: isOperator)
    }

    private func asset(_ request: Request, _ context: TachoRequestContext) -> Response {
        guard let file = Assets.file(context.parameters.get("file") ?? "", options.leaflet) else {
            return message(
                "No such file",
                MessageView(
                    text: "There is no such file of this site.", link: "/",
                    linkText: "To the newest trips"),
                .notFound, request)
        }
        let path = "/assets/\(context.parameters.get("tag") ?? "")"
        return Page.asset(file, isCurrent: path == Assets.base)
    }
}
