import Access
import EmbeddedLog
import EventLog
import Foundation
import Gateway
import Hummingbird
import Loopback
import MyDriving
import Projection
import Reader
import ReleasePlans
import Site
import Synchronization
import Testing
import Topics
import Trips
import Web

/// A log, a gateway, a reader and the pages behind one door, on a loopback port.
final class Premises: Sendable {
    static let partitions = 2
    static let now: Int64 = 1_767_225_700

    let log: EmbeddedLog
    let key: InstallationKey
    let control: AccessControl
    let router: [(method: String, route: String)]
    private let port = Mutex(0)
    private let clock: Clock

    /// The clock of everything, where it is put.
    final class Clock: Sendable {
        private let seconds = Mutex(Premises.now)
        var now: Int64 { seconds.withLock { $0 } }
        func put(_ now: Int64) { seconds.withLock { $0 = now } }
    }

    private init(
        _ log: EmbeddedLog, _ key: InstallationKey, _ control: AccessControl, _ clock: Clock,
        _ router: Router<TachoRequestContext>
    ) {
        self.log = log
        self.key = key
        self.control = control
        self.clock = clock
        self.router = router.routes.map { ($0.method.rawValue, $0.path.description) }
    }

    /// Puts the clock, in epoch seconds.
    func advance(to now: Int64) { clock.put(now) }

    /// Runs everything for as long as the body takes.
    ///
    /// - Parameters:
    ///   - pem: the installation's key; one of its own where none is given.
    ///   - others: authorities that are trusted beside the installation's key.
    static func open(
        pem: String? = nil, others: [TokenVerifier.Authority] = [],
        _ body: (Premises) async throws -> Void
    ) async throws {
        let path = NSTemporaryDirectory() + "tacho-access-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let clock = Clock()
        let milliseconds: @Sendable () -> Int64 = { clock.now * 1_000 }
        let log = try EmbeddedLog(path: path + "/log.sqlite", now: milliseconds)
        try await log.create(
            Topics.sources(partitions: partitions)
                + Topics.derived(.first, partitions: partitions))
        var projectorSettings = ProjectorSettings()
        projectorSettings.heartbeat = .milliseconds(20)
        let projector = Projector(
            log: log, projection: try Projection(directory: path, version: .first),
            settings: projectorSettings, now: milliseconds)
        // Nothing scores what is written here: who reads for what is current waits in vain.
        var readerSettings = ReaderSettings()
        readerSettings.readAfterWait = .milliseconds(300)
        let reader = Reader(versions: ServedVersions(live: projector, settings: readerSettings))
        let key: InstallationKey
        if let pem {
            key = try await InstallationKey(pem: pem)
        } else {
            key = try await KeyFile.readOrMake(path + "/key.pem")
        }
        let control = AccessControl(key: key, others: others, now: { clock.now })
        let router = Self.router(log, reader, control, milliseconds)
        let premises = Premises(log, key, control, clock, router)
        try await premises.serve(router, projector, reader, body)
        await log.close()
    }

    /// Everything that has routes, as a process with all roles has it.
    private static func router(
        _ log: EmbeddedLog, _ reader: Reader, _ control: AccessControl,
        _ now: @escaping @Sendable () -> Int64
    ) -> Router<TachoRequestContext> {
        let router = Router(context: TachoRequestContext.self)
        router.add(middleware: CompressionMiddleware())
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: AccessMiddleware(control))
        StandardRoutes(
            version: { JSONText() }, readiness: reader.readiness, metrics: { Array("a 1\n".utf8) }
        ).addRoutes(to: router)
        DocumentRoutes().addRoutes(to: router)
        let ids = Atomic(0)
        Gateway(
            log: log, partitions: partitions, engine: "test", bodies: BodyReader(), now: now,
            newID: { "id-\(ids.wrappingAdd(1, ordering: .relaxed).newValue)" },
            owner: { reader.owner(of: $0) }
        ).addRoutes(to: router)
        reader.addRoutes(to: router)
        MyDriving(
            reader: reader, log: log, partitions: partitions, bodies: BodyReader(), version: "0",
            readiness: reader.readiness, now: now
        ).addRoutes(to: router)
        let site = Site(
            actions: SiteActions(
                operations: {
                    OperationsReport(
                        history: ReleaseHistory(), groups: nil, letters: [], hasMoreLetters: false,
                        diff: nil)
                },
                append: { trip, upload in
                    let record = Topics.tripUploads.record(
                        partition: Partitioner.partition(of: trip.rawValue.utf8, count: partitions),
                        key: trip.rawValue, value: upload)
                    let positions = try await log.append([record])
                    return Receipt(position: "\(positions[0])", milliseconds: now())
                },
                change: { profile, change in
                    let positions = try await log.append([
                        Topics.users.record(partition: 0, key: profile.rawValue, value: change)
                    ])
                    return Receipt(position: "\(positions[0])", milliseconds: now())
                },
                track: { format, points in TrackFile(format, points).map { ($0.bytes, $0.type) } },
                now: now)
        ) { version, page in try reader.page(of: version, page) }
        site.addRoutes(to: router, control: control)
        SignInRoutes(control, site).addRoutes(to: router)
        return router
    }

    private func serve(
        _ router: Router<TachoRequestContext>, _ projector: Projector, _ reader: Reader,
        _ body: (Premises) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await projector.run() }
            try await Loopback.serve(router) { port in
                self.port.withLock { $0 = port }
                try await until("the projector reads") { reader.readiness() == .ready }
                try await body(self)
                reader.versions.endLiveStreams()
            }
            group.cancelAll()
        }
    }

    /// Asks, with a bearer token where one is given.
    func ask(
        _ method: String, _ path: String, token: String? = nil, _ fields: [(String, String)] = [],
        body: String = ""
    ) async throws -> Answer {
        let bearer = token.map { [("authorization", "Bearer \($0)")] } ?? []
        return try await Answer.ask(
            port: port.withLock { $0 }, method, path, fields: bearer + fields, body: body,
            isEnough: Answer.isHeadOfStream)
    }

    /// What a stream says until the server ends it; `begun` runs once its head has come.
    func stream(
        _ path: String, _ field: (String, String), begun: () -> Void
    ) async throws -> Answer {
        try await Answer.ask(port: port.withLock { $0 }, "GET", path, fields: [field]) { text in
            if Answer.isHeadOfStream(text) { begun() }
            return false
        }
    }

    /// A token for requests.
    func token(
        _ user: String, _ role: Role, _ audience: TokenAudience = .requests, seconds: Int64 = 600
    ) throws -> String {
        let user = try #require(UserID(user))
        return key.token(
            for: TokenClaims(user: user, role: role, expires: Self.now + seconds), audience,
            now: min(Self.now, Self.now + seconds))
    }

    /// Appends what a phone sends and a scorer says of it, so that the reader shows it.
    func drive(_ trip: String, by user: String) async throws {
        let owner = try #require(UserID(user))
        let partition = Partitioner.partition(of: trip.utf8, count: Self.partitions)
        let upload = Upload(user: owner, content: .points([try Self.point()]))
        let position = try await log.append([
            Topics.tripUploads.record(partition: partition, key: trip, value: upload)
        ])[0]
        var message = Tacho_V1_TripScore()
        message.trip = trip
        message.user = user
        var progress = Tacho_V1_Progress()
        progress.nextOffset = position.offset + 1
        _ = try await log.append([
            Topics.tripScores(.first).record(
                partition: partition, key: trip, value: message,
                headers: [
                    Header(TachoHeader.firstUpload, "\(position.offset)"),
                    Header(TachoHeader.lastUpload, "\(position.offset)"),
                    Header(TachoHeader.lastUploadTime, "\(Self.now * 1_000)"),
                    Header(TachoHeader.owner, user),
                ]),
            Topics.progress(.first).record(
                partition: partition, key: Topics.progressKey, value: progress),
        ])
        let operatorToken = try token("watcher", .operator)
        try await until("\(trip) is shown") {
            try await self.ask("GET", "/v1/trips/\(trip)", token: operatorToken).status == 200
        }
    }

    private static func point() throws -> Point {
        var point = Point(timeMilliseconds: now * 1_000, latitudeE7: 1, longitudeE7: 2)
        point.sequence = 1
        return point
    }
}

/// Waits until something is so, for at most half a minute.
func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw NeverSo(what: what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}

struct NeverSo: Error { let what: String }
