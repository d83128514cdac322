public import Hummingbird
internal import HTTPTypes
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
    private let source: Source

    /// Pages of what the source gives, once a request.
    public init(source: @escaping Source) { self.source = source }

    /// Adds `/`, `/trips/{trip}` and what belongs to them.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        add("/", to: router) { request, _ in
            try whole(request) { try list(request, $0) }
        }
        add("/trips/{trip}", to: router) { request, context in
            try whole(request) { try trip(request, context, $0) }
        }
        add("/site.css", to: router) { _, _ in
            Page.asset(StyleSheet.text, type: "text/css; charset=utf-8")
        }
        add("/site.js", to: router) { _, _ in
            Page.asset(Script.text, type: "text/javascript; charset=utf-8")
        }
    }

    private func add(
        _ path: RouterPath, to router: Router<TachoRequestContext>,
        _ page: @escaping @Sendable (Request, TachoRequestContext) throws -> Response
    ) {
        router.on(path, method: .get) { request, context in try page(request, context) }
        router.on(path, method: .head) { request, context in
            try page(request, context).createHeadResponse()
        }
    }

    private func whole(
        _ request: Request, _ page: (Projection) throws -> Response
    ) throws -> Response {
        var version: Version?
        if let text = request.uri.queryParameters["version"] {
            version = Int(text).flatMap { Version($0) }
            guard version != nil else {
                return Page.response(MissingPage.version, status: .notFound, to: request)
            }
        }
        let response = try source(version) { projection, isRebuilding in
            guard !isRebuilding else {
                var response = Page.response(
                    MissingPage.rebuilding, status: .serviceUnavailable, to: request)
                response.headers[.retryAfter] = "2"
                return response
            }
            return try page(projection)
        }
        return response ?? Page.response(MissingPage.version, status: .notFound, to: request)
    }

    private func list(_ request: Request, _ projection: Projection) throws -> Response {
        var cursor: TripCursor?
        if let text = request.uri.queryParameters["cursor"] {
            cursor = TripCursor(String(text))
            guard cursor != nil else {
                return Page.response(MissingPage.list, status: .notFound, to: request)
            }
        }
        let (rows, next) = try projection.page(.init(), after: cursor, limit: Self.tripsOnPage)
        let trips = rows.compactMap { row in
            projection.message(of: row).map { (row: row, message: $0) }
        }
        let page = TripListPage(trips: trips, next: next, isFirst: cursor == nil)
        return Page.response(page.html, to: request)
    }

    private func trip(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        guard let trip = TripID(context.parameters.get("trip") ?? ""),
            let row = try projection.row(of: trip), row.status != .deleted,
            let message = projection.message(of: row), let points = try projection.track(of: trip)
        else { return Page.response(MissingPage.trip, status: .notFound, to: request) }
        let page = TripPage(row: row, message: message, points: points)
        return Page.response(page.html, to: request)
    }
}
