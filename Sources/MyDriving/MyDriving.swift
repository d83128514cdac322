public import EventLog
internal import HTTPTypes
public import Hummingbird
internal import NIOCore
internal import Projection
public import Reader
internal import Topics
internal import Trips
public import Web

/// MyDriving's four services under `/api`, as an adapter: what clients write becomes records of the
/// log, what they read comes from the reader's projection, and MyDriving's units are made here alone.
///
/// Clients know nothing of positions. So every read, and every answer that something is not there,
/// first waits until the read model shows what was on the log when the request came.
public struct MyDriving: Sendable {
    let reader: Reader
    let log: any EventLog
    let partitions: Int
    let bodies: BodyReader
    let settings: MyDrivingSettings
    let now: @Sendable () -> Int64
    private let version: String
    private let readiness: @Sendable () async -> StandardRoutes.Readiness

    /// The services over a log and what is read from it.
    ///
    /// - Parameters:
    ///   - partitions: partitions of `trip-uploads`, which must exist.
    ///   - bodies: shared with whoever else reads bodies in this process.
    ///   - version: what the version routes say.
    ///   - readiness: whether the process can serve, asked by the health checks.
    ///   - now: the clock, in epoch milliseconds.
    public init(
        reader: Reader, log: any EventLog, partitions: Int, bodies: BodyReader,
        settings: MyDrivingSettings = .init(), version: String,
        readiness: @escaping @Sendable () async -> StandardRoutes.Readiness,
        now: @escaping @Sendable () -> Int64
    ) {
        self.reader = reader
        self.log = log
        self.partitions = partitions
        self.bodies = bodies
        self.settings = settings
        self.version = version
        self.readiness = readiness
        self.now = now
    }

    /// The latest time that a client may name, in epoch milliseconds.
    var latest: Int64 {
        min(now() + PointLimits.aheadMilliseconds, PointLimits.latestMilliseconds)
    }

    typealias Answer =
        @Sendable (MyDriving, Request, TachoRequestContext) async throws -> Response

    /// Adds the routes, each with and without a slash at its end; those for GET also for HEAD.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        for (path, answers) in Self.routes {
            for (method, answer) in answers {
                router.on(path, method: method) { request, context in
                    try await answer(self, request, context)
                }
            }
            if let answer = answers[.get] {
                router.on(path, method: .head) { request, context in
                    try await answer(self, request, context).createHeadResponse()
                }
            }
            let methods = answers.keys.map(\.rawValue).sorted().compactMap {
                HTTPRequest.Method($0)
            }
            router.refuseMethods(
                other: answers[.get] == nil ? methods : methods + [.head], at: path)
        }
    }

    private typealias Route = (path: RouterPath, answers: [HTTPRequest.Method: Answer])

    private static var routes: [Route] {
        [
            (
                "/api/trips",
                [
                    .get: { try await $0.listTrips($1, $2) },
                    .post: { try await $0.createTrip($1, $2) },
                ]
            ),
            ("/api/trips/user/{user}", [.get: { try await $0.listTripsOfUser($1, $2) }]),
            (
                "/api/trips/{trip}",
                [
                    .get: { try await $0.showTrip($1, $2) },
                    .patch: { try await $0.changeTrip($1, $2) },
                    .delete: { try await $0.deleteTrip($1, $2) },
                ]
            ),
            (
                "/api/trips/{trip}/trippoints",
                [
                    .get: { try await $0.listPoints($1, $2) },
                    .post: { try await $0.addPoints($1, $2) },
                ]
            ),
            (
                "/api/trips/{trip}/trippoints/{point}",
                [
                    .get: { try await $0.showPoint($1, $2) },
                    .patch: { try await $0.changePoint($1, $2) },
                    .delete: { try await $0.deletePoint($1, $2) },
                ]
            ),
        ] + placeRoutes + userRoutes + standingRoutes
    }

    private static var placeRoutes: [Route] {
        [
            (
                "/api/poi",
                [
                    .get: { try await $0.listPlaces($1, $2) },
                    .post: { try await $0.createPlace($1, $2) },
                ]
            ),
            ("/api/poi/trip/{trip}", [.get: { try await $0.listPlacesOfTrip($1, $2) }]),
            ("/api/poi/{poi}", [.get: { try await $0.showPlace($1, $2) }]),
        ]
    }

    private static var userRoutes: [Route] {
        [
            (
                "/api/user",
                [
                    .get: { try await $0.listUsers($1, $2) },
                    .post: { try await $0.createUser($1, $2) },
                ]
            ),
            (
                "/api/user/{user}",
                [
                    .get: { try await $0.showUser($1, $2) },
                    .post: { try await $0.createUserByID($1, $2) },
                    .patch: { try await $0.changeUser($1, $2) },
                    .delete: { try await $0.deleteUser($1, $2) },
                ]
            ),
            (
                "/api/user-java/{user}",
                [
                    .post: { try await $0.createUserByID($1, $2) },
                    .patch: { try await $0.changeUser($1, $2) },
                ]
            ),
        ]
    }

    /// Health and version of each service; its documents are those of all routes.
    private static var standingRoutes: [Route] {
        [
            ("trips", "Trip Service Healthcheck", "Healthy", "Unhealthy"),
            ("poi", "POI Service Healthcheck", "Healthy", "Unhealthy"),
            ("user", "healthcheck", "healthy", "unhealthy"),
            ("user-java", "User-Java Service Healthcheck", "Healthy", "Unhealthy"),
        ].flatMap { service, message, good, bad -> [Route] in
            [
                (
                    RouterPath("/api/healthcheck/\(service)"),
                    [.get: { api, _, _ in await api.health(message, good, bad) }]
                ),
                (
                    RouterPath("/api/version/\(service)"),
                    [.get: { api, _, _ in api.versionText() }]
                ),
                (
                    RouterPath("/api/docs/\(service)"),
                    [.get: { _, _, _ in .redirect(to: "/docs", type: .temporary) }]
                ),
            ]
        } + [
            (
                "/api/json/swagger.json",
                [.get: { _, _, _ in .redirect(to: "/openapi.json", type: .temporary) }]
            )
        ]
    }

    private func health(_ message: String, _ good: String, _ bad: String) async -> Response {
        let isReady = await readiness() == .ready
        var json = JSONText()
        json.beginObject()
        json.member("message", string: message)
        json.member("status", string: isReady ? good : bad)
        json.endObject()
        var fields: HTTPFields = [.cacheControl: "no-store"]
        if !isReady { fields[.retryAfter] = "1" }
        return .answer(json, status: isReady ? .ok : .serviceUnavailable, fields: fields)
    }

    private func versionText() -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: version)))
    }
}

/// The limits of MyDriving's routes.
public struct MyDrivingSettings: Sendable {
    /// Trips, users or points of interest that a page holds, unless the request says otherwise: many,
    /// as clients of old know of no second page.
    public var listDefault = 500
    /// The same, at most.
    public var listLimit = 1_000
    /// Points that a page or an upload holds at most.
    public var pointLimit = 10_000
    /// When to try again after the log could not take an upload, in seconds.
    public var retryAfterSeconds = 1

    /// The defaults.
    public init() {}
}

extension Response {
    /// An answer in JSON, with its media type as MyDriving's services write it.
    static func answer(
        _ json: JSONText, status: HTTPResponse.Status = .ok, fields: HTTPFields = [:]
    ) -> Response {
        var fields = fields
        fields[.contentType] = "application/json; charset=utf-8"
        return Response(
            status: status, headers: fields,
            body: .init(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
