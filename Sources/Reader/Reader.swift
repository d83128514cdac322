public import Hummingbird
internal import HTTPTypes
internal import Logging
internal import NIOCore
internal import Projection
internal import SQLite
internal import Topics
internal import Trips
public import Web

/// What there is to read, over HTTP: trips, their events and tracks, users, and changes as they
/// come.
public struct Reader: Sendable {
    let projector: Projector
    let settings: ReaderSettings
    var projection: Projection { projector.projection }

    /// Routes that read what the projector writes.
    public init(projector: Projector, settings: ReaderSettings = .init()) {
        self.projector = projector
        self.settings = settings
    }

    /// Whether the projection follows the log: for `/readyz`.
    public func readiness() -> StandardRoutes.Readiness {
        let limit = projector.settings.stuckAfter
        guard let what = projector.health.waitsFor(stuckAfter: limit) else { return .ready }
        return .waiting(for: what)
    }

    /// Whether the projection is being filled from the log, so that what is not in it may well exist;
    /// requests are answered by 503 meanwhile.
    public var isRebuilding: Bool { projector.health.isRebuilding }

    /// Ends every live stream: a server that stops waits for its open answers.
    public func endLiveStreams() { projector.live.close() }

    /// Adds the routes, each for GET and HEAD.
    public func addRoutes(to router: Router<BasicRequestContext>) {
        add("/v1/trips", to: router) { request, _ in try list(request) }
        add("/v1/trips/{trip}", to: router) { request, context in
            try document(.trip, request, context)
        }
        add("/v1/trips/{trip}/events", to: router) { request, context in
            try document(.events, request, context)
        }
        add("/v1/trips/{trip}/track", to: router) { request, context in
            guard let format = TrackFormat(accept: request.headers[.accept]) else {
                throw Problem(
                    .notAcceptable, "Not acceptable",
                    detail: "A track is served as \(TrackFormat.offered).")
            }
            return try track(format, request, context)
        }
        for format in TrackFormat.allCases {
            let path = RouterPath("/v1/trips/{trip}/track.\(format.rawValue)")
            add(path, to: router) { request, context in try track(format, request, context) }
        }
        add("/v1/users/{user}", to: router) { request, context in try user(request, context) }
        add("/v1/live", to: router) { request, _ in try await live(nil, request) }
        add("/v1/trips/{trip}/live", to: router) { request, context in
            try await live(try trip(context), request)
        }
        for path in [
            "/v1/trips", "/v1/trips/{trip}/events", "/v1/trips/{trip}/track", "/v1/live",
            "/v1/trips/{trip}/live", "/v1/users/{user}",
        ] { router.refuseMethods(other: [.get, .head], at: RouterPath(path)) }
    }

    private func add(
        _ path: RouterPath, to router: Router<BasicRequestContext>,
        _ answer: @escaping @Sendable (Request, BasicRequestContext) async throws -> Response
    ) {
        @Sendable func respond(
            _ request: Request, _ context: BasicRequestContext
        ) async throws -> Response {
            let number = String(projection.version.number)
            do {
                try await settle(request)
                var response = try await answer(request, context)
                response.headers[.tachoVersion] = number
                return response
            } catch var problem as Problem {
                problem.fields[.tachoVersion] = number
                throw problem
            } catch let error as SQLiteError {
                context.logger.error("A query failed.", metadata: ["error": "\(error)"])
                throw Problem(
                    .serviceUnavailable, "Read model unavailable",
                    detail: "The read model cannot be read now; try again.", retryAfterSeconds: 1)
            }
        }
        router.on(path, method: .get, use: respond)
        router.on(path, method: .head) { request, context in
            try await respond(request, context).createHeadResponse()
        }
    }

    /// The trip that the path names.
    func trip(_ context: BasicRequestContext) throws -> TripID {
        guard let name = percentDecoded(context.parameters.get("trip") ?? ""),
            let trip = TripID(name)
        else { throw Self.noSuchTrip }
        return trip
    }

    static let noSuchTrip = Problem(
        .notFound, "No such trip", detail: "No trip of this id is known, or it was deleted.")

    private func document(
        _ kind: Projection.Kind, _ request: Request, _ context: BasicRequestContext
    ) throws -> Response {
        let found = try projection.document(kind, of: try trip(context)) {
            EntityTag($0).isKnown(to: request)
        }
        switch found {
        case .deleted, .nothing: throw Self.noSuchTrip
        case .known(let tag): return Response.unchanged(EntityTag(tag))
        case .document(let bytes, let tag):
            return Response(bytes: bytes, type: "application/json", tag: EntityTag(tag))
        }
    }

    private func track(
        _ format: TrackFormat, _ request: Request, _ context: BasicRequestContext
    ) throws -> Response {
        let trip = try trip(context)
        guard let content = try projection.trackTag(of: trip),
            let row = try projection.row(of: trip)
        else { throw Self.noSuchTrip }
        let name = projection.message(of: row).flatMap { $0.hasName ? $0.name : nil }
        let nameTag = String(ContentTag.of(Array((name ?? "").utf8)), radix: 16)
        let tag = EntityTag(
            words: "\(format.rawValue).\(content.lastUpload).\(content.uploads).\(nameTag)")
        if tag.isKnown(to: request) { return Response.unchanged(tag) }
        guard let points = try projection.track(of: trip) else { throw Self.noSuchTrip }
        let text = TrackText(trip: trip, name: name, points: points)
        return Response(bytes: text.bytes(format), type: format.contentType, tag: tag)
    }

    private func user(_ request: Request, _ context: BasicRequestContext) throws -> Response {
        guard let name = percentDecoded(context.parameters.get("user") ?? ""),
            let user = UserID(name), let totals = try projection.totals(ofUser: user.rawValue)
        else {
            throw Problem(.notFound, "No such user", detail: "No trip of this user is known.")
        }
        return answer(
            UserDocument.compose(user: user, totals, version: projection.version), to: request)
    }

    /// An answer in JSON whose tag comes from its bytes.
    func answer(_ json: JSONText, to request: Request, fields: HTTPFields = [:]) -> Response {
        let tag = EntityTag(ContentTag.of(json.bytes))
        if tag.isKnown(to: request) { return Response.unchanged(tag) }
        var response = Response(bytes: json.bytes, type: "application/json", tag: tag)
        for field in fields { response.headers.append(field) }
        return response
    }
}

extension Response {
    /// What the asker has is as it was.
    static func unchanged(_ tag: EntityTag) -> Response {
        Response(
            status: .notModified, headers: [.eTag: tag.text, .cacheControl: "private, no-cache"])
    }

    /// Content that may be kept and asked for again with its tag.
    init(bytes: [UInt8], type: String, tag: EntityTag) {
        self.init(
            status: .ok,
            headers: [
                .contentType: type, .eTag: tag.text, .cacheControl: "private, no-cache",
                .vary: "Accept, Tacho-Version",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension HTTPField.Name {
    /// `Tacho-Version`: the version that an answer is from, or that a request wants.
    static let tachoVersion = HTTPField.Name("Tacho-Version")!
    /// `Tacho-Read-After`: the upload that must be visible.
    static let tachoReadAfter = HTTPField.Name("Tacho-Read-After")!
    /// `Link`: where to go on.
    static let linkField = HTTPField.Name("Link")!
    /// `Last-Event-ID`: the upload that a live stream saw last.
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
