internal import Access
public import EventLog
internal import HTTPTypes
public import Hummingbird
internal import Logging
internal import Metrics
internal import NIOCore
internal import Synchronization
internal import Topics
public import Trips
public import Web

/// Takes uploads: checks them, puts them into their wire form, and answers 202 once they are
/// durable on the log.
///
/// It keeps nothing itself. An upload sent again is harmless, because a point's identity is its
/// sequence or time; an `Idempotency-Key` is therefore welcome and not needed.
public struct Gateway: Sendable {
    private let log: any EventLog
    private let partitions: Int
    private let bodies: BodyReader
    private let limits: GatewayLimits
    private let now: @Sendable () -> Int64
    private let newID: @Sendable () -> String
    private let owners: TripOwners
    private let meter: GatewayMeter
    private let health = LogHealth()

    /// A gateway to a log.
    ///
    /// - Parameters:
    ///   - partitions: partitions of `trip-uploads` and of `device-points`, which must exist.
    ///   - engine: the log's name in metrics, such as `embedded`.
    ///   - bodies: shared with whoever else reads bodies in this process.
    ///   - now: the clock, in epoch milliseconds.
    ///   - newID: an id that no other upload has, for the event's `ce_id`.
    ///   - owner: whose a trip is, where that is known in this process; asked often, so it must not
    ///     take long.
    public init(
        log: any EventLog, partitions: Int, engine: String, bodies: BodyReader,
        limits: GatewayLimits = GatewayLimits(), now: @escaping @Sendable () -> Int64,
        newID: @escaping @Sendable () -> String,
        owner: @escaping @Sendable (TripID) -> UserID? = { _ in nil }
    ) {
        self.log = log
        self.partitions = partitions
        self.bodies = bodies
        self.limits = limits
        self.now = now
        self.newID = newID
        owners = TripOwners(limit: limits.owners, owner: owner)
        meter = GatewayMeter(engine: engine)
    }

    /// Adds `POST /v1/trips/{trip}/points` and `POST /v1/trips/{trip}/end`, and for the apps of
    /// phones `POST /owntracks` (also as `/pub`, as its recorder has it) and `GET` and `POST` of
    /// `/osmand`.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        let phones = PhoneRoutes(
            log: log, partitions: partitions, bodies: bodies, limits: limits, now: now,
            newID: newID, meter: meter, health: health)
        let routes: [(RouterPath, [HTTPRequest.Method], Route)] = [
            ("v1/trips/:trip/points", [.post], takePoints),
            ("v1/trips/:trip/end", [.post], takeEnd),
            ("owntracks", [.post], phones.takeOwnTracks), ("pub", [.post], phones.takeOwnTracks),
            ("osmand", [.get, .post], phones.takeOsmAnd),
        ]
        for (path, methods, route) in routes {
            add(route, at: path, methods, to: router)
            router.refuseMethods(other: methods, at: path)
        }
    }

    private func add(
        _ route: @escaping Route, at path: RouterPath, _ methods: [HTTPRequest.Method],
        to router: Router<TachoRequestContext>
    ) {
        for method in methods {
            router.on(path, method: method) { request, context in
                do {
                    let response = try await route(request, context)
                    meter.count(route: path.description, code: response.status.code)
                    return response
                } catch {
                    let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
                    meter.count(route: path.description, code: status.code)
                    throw error
                }
            }
        }
    }

    private typealias Route = @Sendable (Request, TachoRequestContext) async throws -> Response

    private func takePoints(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        let trip = try Self.trip(context)
        try refuseForeign(trip, to: context.onlyUser())
        let type = try UploadMediaType.require(UploadMediaType.allCases, of: request)
        let latest = min(now() + PointLimits.aheadMilliseconds, PointLimits.latestMilliseconds)
        var body = try await bodies.withBody(of: request) { bytes in
            try UploadBody.points(bytes, as: type, limits: limits, latest: latest)
        }
        try body.complete(from: request)
        try settleAuthor(&body, of: trip, context, unnamed: .anonymous)
        guard !body.points.isEmpty else { throw Problem.noGoodPoint(body, limit: limits.points) }
        let position = try await append(.points(body.points), of: body, trip, request, context)
        meter.points.increment(by: body.points.count)
        return .accepted(body, trip: trip, at: position)
    }

    private func takeEnd(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        let trip = try Self.trip(context)
        try refuseForeign(trip, to: context.onlyUser())
        var body = try await bodies.withBody(of: request) { bytes in
            if bytes.readableBytes > 0 {
                try UploadMediaType.require([.json], of: request)
            }
            return try UploadBody.facts(bytes, limits: limits)
        }
        try body.complete(from: request)
        try settleAuthor(&body, of: trip, context, unnamed: nil)
        let position = try await append(.end, of: body, trip, request, context)
        return .accepted(nil, trip: trip, at: position)
    }

    private static func trip(_ context: TachoRequestContext) throws -> TripID {
        let part = try context.parameters.require("trip")
        guard let text = PercentEncoding.decoded(part), let trip = TripID(text) else {
            throw Problem.unprocessable(nil, "A trip's id is \(TripID.allowed).")
        }
        return trip
    }

    /// Makes the body say who writes: a driver writes as who they are, a service as whom it names.
    ///
    /// - Parameter unnamed: whom a service writes as that names nobody.
    /// - Throws: ``Problem`` 403 for a driver who names somebody else, and for a trip that is known
    ///   to be another user's.
    private func settleAuthor(
        _ body: inout UploadBody, of trip: TripID, _ context: TachoRequestContext,
        unnamed: UserID?
    ) throws(Problem) {
        guard let user = try context.onlyUser() else {
            body.user = body.user ?? unnamed
            return try refuseForeign(trip, to: body.user)
        }
        guard body.user == nil || body.user == user else {
            throw .notAllowed("A driver writes as themselves: userId may only be their own.")
        }
        body.user = user
    }

    /// Refuses a trip that is known to be another's than the user's. Where that is not known yet the
    /// upload goes to the log, and does not count there.
    private func refuseForeign(_ trip: TripID, to user: UserID?) throws(Problem) {
        guard let user, let owner = owners.owner(of: trip), owner != user else { return }
        throw .foreignTrip
    }

    /// Appends an upload, and returns once it is durable.
    private func append(
        _ content: Upload.Content, of body: UploadBody, _ trip: TripID, _ request: Request,
        _ context: TachoRequestContext
    ) async throws(Problem) -> Position {
        let upload = Upload(
            user: body.user, name: body.name, vin: body.vin, content: content)
        let record = Topics.tripUploads.record(
            partition: Partitioner.partition(of: trip.rawValue.utf8, count: partitions),
            key: trip.rawValue, value: upload,
            headers: CloudEvent.headers(
                type: content.eventType, source: "/v1/trips", id: newID(),
                trace: TraceParent(of: request)?.description))
        let start = ContinuousClock.now
        defer { meter.append.record(duration: .now - start) }
        do {
            let positions = try await log.append([record])
            health.note(nil, context.logger)
            precondition(positions.count == 1, "one record has \(positions.count) positions")
            return positions[0]
        } catch {
            health.note(error, context.logger)
            throw Problem(error, retryAfterSeconds: limits.retryAfterSeconds)
        }
    }
}

extension UploadBody {
    /// Takes from the query what the body does not say: `userId`, `name`, `vin`.
    fileprivate mutating func complete(from request: Request) throws(Problem) {
        let query = request.uri.queryParameters
        func value(_ name: String) -> String? { query[name[...]].map(String.init) }
        if user == nil, let text = value("userId") { try set("userId", text) }
        if name == nil, let text = value("name") { try set("name", text) }
        if vin == nil, let text = value("vin") { try set("vin", text) }
    }
}
