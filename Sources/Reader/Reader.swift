public import Hummingbird
internal import HTTPTypes
internal import Logging
public import Projection
internal import SQLite
public import Topics
public import Trips
public import Web

/// What there is to read, over HTTP: trips, their events and tracks, users, and changes as they
/// come. Each request gets the version that is live when it comes, or the one that it names.
public struct Reader: Sendable {
    /// The versions that answer.
    public let versions: ServedVersions
    let settings: ReaderSettings
    let uploadEnds = LogEnds(of: Topics.tripUploads.name)
    let profileEnds = LogEnds(of: Topics.users.name)

    /// Routes that read what these versions' projectors write.
    public init(versions: ServedVersions) {
        self.versions = versions
        settings = versions.settings
    }

    /// Whether the live version's projection follows the log: for `/readyz`.
    public func readiness() -> StandardRoutes.Readiness {
        guard let pass = versions.enter(nil) else { return .waiting(for: "a version to serve") }
        defer { versions.leave(pass) }
        let projector = pass.projector
        guard let what = projector.health.waitsFor(stuckAfter: projector.settings.stuckAfter) else {
            return .ready
        }
        return .waiting(for: what)
    }

    /// Adds the routes, each for GET and HEAD.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        add("/v1/trips", to: router) { reader, request, context in
            try reader.list(request, context)
        }
        add("/v1/trips/{trip}", to: router) { reader, request, context in
            try reader.document(.trip, request, context)
        }
        add("/v1/trips/{trip}/events", to: router) { reader, request, context in
            try reader.document(.events, request, context)
        }
        add("/v1/trips/{trip}/track", to: router) { reader, request, context in
            guard let format = TrackFormat(accept: request.headers[.accept]) else {
                throw Problem(
                    .notAcceptable, "Not acceptable",
                    detail: "A track is served as \(TrackFormat.offered).")
            }
            return try reader.track(format, request, context)
        }
        for format in TrackFormat.allCases {
            let path = RouterPath("/v1/trips/{trip}/track.\(format.rawValue)")
            add(path, to: router) { reader, request, context in
                try reader.track(format, request, context, isFile: true)
            }
        }
        add("/v1/users/{user}", to: router) { reader, request, context in
            try reader.user(request, context)
        }
        add("/v1/live", to: router) { reader, request, context in
            try await reader.live(nil, request, context, versions)
        }
        add("/v1/trips/{trip}/live", to: router) { reader, request, context in
            try await reader.live(try reader.trip(context), request, context, versions)
        }
        for path in [
            "/v1/trips", "/v1/trips/{trip}/events", "/v1/trips/{trip}/track", "/v1/live",
            "/v1/trips/{trip}/live", "/v1/users/{user}",
        ] { router.refuseMethods(other: [.get, .head], at: RouterPath(path)) }
    }

    /// Answers by the projection that a page is to be made from: of the version that is named, or
    /// of the live one.
    ///
    /// - Parameter answer: told also whether there is less in the projection than there was, so that
    ///   what is not in it may well exist.
    /// - Returns: nil where the version named is not served.
    public func page(
        of version: Version?, _ answer: (Projection, _ isRebuilding: Bool) throws -> Response
    ) rethrows -> Response? {
        guard let pass = versions.enter(version) else { return nil }
        defer { versions.leave(pass) }
        let projection = pass.projector.projection
        var response = try answer(projection, pass.projector.health.isRebuilding)
        response.headers[.tachoVersion] = String(projection.version.number)
        return response
    }

    /// The read model cannot be read.
    static let unreadable = Problem(
        .serviceUnavailable, "Read model unavailable",
        detail: "The read model cannot be read now; try again.", retryAfterSeconds: 1)

    /// Whose a trip is, as far as the live version knows: what it cannot tell now is not known.
    public func owner(of trip: TripID) -> UserID? {
        do {
            let owner = try glance { try $0.owner(of: trip) } ?? nil
            return owner.flatMap { UserID($0.user) }
        } catch {
            // Reads that fail are told of where they are asked for; here the log decides.
            return nil
        }
    }

    private func add(
        _ path: RouterPath, to router: Router<TachoRequestContext>,
        _ answer:
            @escaping @Sendable (VersionReader, Request, TachoRequestContext) async throws ->
            Response
    ) {
        @Sendable func respond(
            _ request: Request, _ context: TachoRequestContext
        ) async throws -> Response {
            var number = versions.live.number
            do {
                let pass = try await admit(request)
                defer { versions.leave(pass) }
                let reader = VersionReader(projector: pass.projector, settings: settings)
                number = reader.projection.version.number
                var response = try await answer(reader, request, context)
                if response.headers[.tachoVersion] == nil {
                    response.headers[.tachoVersion] = String(number)
                }
                return response
            } catch var problem as Problem {
                problem.fields[.tachoVersion] = String(number)
                throw problem
            } catch let error as SQLiteError {
                context.logger.error("A query failed.", metadata: ["error": "\(error)"])
                throw Self.unreadable
            }
        }
        router.on(path, method: .get, use: respond)
        router.on(path, method: .head) { request, context in
            try await respond(request, context).createHeadResponse()
        }
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
