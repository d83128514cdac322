import Access
import EmbeddedLog
import EventLog
import Foundation
import Gateway
import CoreMetrics
import Hummingbird
import KafkaLog
import Logging
import MyDriving
import NIOCore
import Pipeline
import Projection
import Reader
import ReleasePlans
import Scoring
import ServiceLifecycle
import Site
import Synchronization
import Telemetry
import Topics
import Trips
import UnixSignals
import Web

/// The roles that one process can have.
enum Role: String, CaseIterable {
    case gateway, cutter, scorer, reader
}

/// What a process with a reader serves.
private struct ReadSide {
    var reader: Reader
    var site: Site
    var service: ReaderVersions
}

/// One process with some roles on one data directory, from its start to its clean stop.
struct RoleProcess {
    var roles: Set<Role>
    var installation: Installation
    /// The cluster that keeps the log; nil where the directory does.
    var kafka: KafkaLog.Options?
    /// Partitions of the topics of trips, where they are made.
    var partitions = Topics.defaultPartitions
    /// Rules asked for; nil takes those that the data was scored by.
    var rules: RulesChoice?
    /// The versions that a scorer is told to score.
    var scored = ScorerVersions.Choice.all
    /// Where others reach what is served here; nil is the address that it listens on.
    var advertised: String?
    /// What the pages have.
    var site = SiteOptions()
    var host = "127.0.0.1"
    /// Where what the roles have is served; nil for none.
    var port: Int?
    /// Where metrics are served without a token; nil for nowhere but on `port`.
    var metricsPort: Int?
    /// Who is let in on `port`.
    var access: AccessSettings?
    /// Where a cutter cuts what phones send into trips.
    var cuts = CutLimits()
    /// The scorer's name in its group, and the cutter's in its.
    var member: String
    /// The reader's name among readers.
    var instance = "reader"
    var recorder: FlightRecorder?
    /// Whether a link that signs a browser in is printed.
    var printsLink = false
    /// Runs beside the roles once the server answers; told its address and a service's token.
    var companion: (@Sendable (_ url: String, _ token: String) async throws -> Void)?

    /// How long the token of what runs beside the roles lasts: ten years.
    private static let companionSeconds: Int64 = 3_653 * 86_400
    /// How long a connection may say nothing.
    private static let idleTimeout = TimeAmount.seconds(75)

    /// On a cluster, where others work as well, goes by a name of its own.
    ///
    /// - Parameter wanted: the name asked for; nil takes the directory's.
    mutating func takeNames(_ wanted: String?) throws {
        guard kafka != nil else { return }
        let name = try wanted ?? installation.memberName()
        member = name
        instance = name
    }

    /// Serves until SIGINT or SIGTERM.
    func run() async throws {
        let metrics = Telemetry(
            buckets: ["tacho_trip_score": stride(from: 10.0, through: 100, by: 10).map { $0 }])
        MetricsSystem.bootstrap(metrics)
        do {
            let waiting = { (reason: String) in
                Terminal.error("waiting for the cluster: \(reason)")
            }
            let opened = try await OpenLog(installation, kafka: kafka, waiting: waiting)
            do {
                if !roles.isDisjoint(with: [.scorer, .cutter]) {
                    try await opened.verifyDelivery(waiting: waiting)
                }
                try await serve(opened, metrics)
            } catch {
                await opened.log.close()
                throw error
            }
            await opened.log.close()
        } catch {
            throw refusal(error)
        }
    }

    private func serve(_ opened: OpenLog, _ metrics: Telemetry) async throws {
        let log = opened.log
        let partitions = try await opened.makeSources(partitions: partitions)
        let live = try await LiveVersion.settle(on: log, wanted: rules)
        if case .version(let version) = scored, live.history.versions[version]?.isKept != true {
            throw Refused(
                "version \(version.number) is not released; live is \(live.version.number)")
        }
        // Once it runs, another build may take over beside it; to begin with it must be the right one.
        if roles.contains(.scorer), scored == .all {
            _ = try live.history.versions[live.version]?.rules()
        }
        for version in live.history.kept {
            try await log.create(Topics.derived(version.version, partitions: partitions))
        }

        if roles.contains(.gateway) { try await opened.warmUp() }
        let follower = ReleaseFollower(log, from: live.history)
        let desk = OperationsDesk(log: log, follower: follower, installation: installation)
        let meter = LagMeter(log: log, follower: follower, board: desk.lag)
        var services = opened.services + [follower, meter]
        services += workers(on: log, follower)
        let announcer = Announcer()
        var readSide: ReadSide?
        if roles.contains(.reader) {
            let pages = PageActions(log: log, partitions: partitions, desk: desk)
            let side = try self.readSide(log, follower, live.version, announcer, pages)
            services.append(side.service)
            readSide = side
        }
        await listen(&services, opened, partitions, readSide, metrics, announcer, follower)
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { service in
                    // The scorer of one version is done once that is retired.
                    service is ScorerVersions
                        ? .init(
                            service: service,
                            successTerminationBehavior: .gracefullyShutdownGroup)
                        : .init(service: service)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "tacho")))
        try await group.run()
    }

    /// What works on the stream.
    private func workers(
        on log: any EventLog, _ follower: ReleaseFollower
    ) -> [any Service] {
        var workers: [any Service] = []
        if roles.contains(.scorer) { workers.append(scorers(on: log, follower)) }
        if roles.contains(.cutter) {
            let settings = CutterSettings(member: member, limits: cuts)
            workers.append(CutterService(cutter: Cutter(log: log, settings: settings)))
        }
        return workers
    }

    /// Adds what listens on the process's ports.
    private func listen(
        _ services: inout [any Service], _ opened: OpenLog, _ partitions: Int,
        _ readSide: ReadSide?, _ metrics: Telemetry, _ announcer: Announcer,
        _ follower: ReleaseFollower
    ) async {
        let readiness = readiness(opened.log, readSide)
        let standard = StandardRoutes(
            version: { [roles] in Build.description(roles: roles, follower.history) },
            readiness: readiness, metrics: metrics.text)
        if let port, let access {
            let rings = await access.rings()
            services += rings.services
            let router = router(opened, partitions, readSide, standard, access.control(rings))
            services.append(server(router, on: port, announcer))
            if let readSide { services.append(LiveStreamsEnd(reader: readSide.reader)) }
        }
        let metricsAnnouncer = Announcer()
        if let metricsPort {
            let router = Router(context: TachoRequestContext.self)
            router.add(middleware: ProblemMiddleware())
            standard.addRoutes(to: router)
            services.append(server(router, on: metricsPort, metricsAnnouncer))
        }
        guard port != nil || metricsPort != nil else { return }
        services.insert(
            Announcement(
                announcer: port == nil ? metricsAnnouncer : announcer, host: host,
                readiness: readiness, next: { try await begin(at: $0) }),
            at: 0)
    }

    private func scorers(
        on log: any EventLog, _ follower: ReleaseFollower
    ) -> ScorerVersions {
        let recorder = recorder
        return ScorerVersions(
            follower: follower, choice: scored, isAlone: roles == [.scorer],
            installation: installation
        ) { version, rules, pace in
            var settings = ScorerSettings(
                version: version.version, rules: rules, member: member,
                indexPath: installation.path("scorer.\(version.version).sqlite"))
            settings.starts = version.starts
            settings.base = version.base
            settings.pace = pace
            return Scorer(
                log: log, settings: settings,
                observer: ScorerObserver(transaction: { recorder?.note(.scorerTransaction, $0) }),
                now: { systemMilliseconds() })
        }
    }

    private func readSide(
        _ log: any EventLog, _ follower: ReleaseFollower, _ live: Version, _ announcer: Announcer,
        _ pages: PageActions
    ) throws -> ReadSide {
        let first = try projector(on: log, live)
        let versions = ServedVersions(live: first)
        let reader = Reader(versions: versions)
        let service = ReaderVersions(
            log: log, follower: follower, versions: versions, first: first, instance: instance,
            installation: installation, projector: { try projector(on: log, $0) },
            url: {
                advertised ?? announcer.openedPort.map { "http://\(reachableHost):\($0)" } ?? ""
            })
        return ReadSide(
            reader: reader,
            site: Site(options: site, actions: pages.actions) { version, page in
                try reader.page(of: version, page)
            },
            service: service)
    }

    /// The host that is served on, by a name under which others may reach it.
    private var reachableHost: String {
        ["0.0.0.0", "::"].contains(host) ? ProcessInfo.processInfo.hostName : host
    }

    private func projector(on log: any EventLog, _ version: Version) throws -> Projector {
        let recorder = recorder
        let projection = try Projection(directory: installation.directory.path, version: version)
        var settings = ProjectorSettings()
        settings.instance = instance
        return Projector(
            log: log, projection: projection, settings: settings,
            observer: ProjectorObserver(transaction: { recorder?.note(.projectionTransaction, $0) }
            ),
            now: { systemMilliseconds() })
    }

    private func router(
        _ opened: OpenLog, _ partitions: Int, _ readSide: ReadSide?, _ standard: StandardRoutes,
        _ control: AccessControl
    ) -> Router<TachoRequestContext> {
        let router = Router(context: TachoRequestContext.self)
        router.add(middleware: RequestMeter { _ in "tacho" })
        router.add(middleware: CompressionMiddleware())
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: AccessMiddleware(control))
        standard.addRoutes(to: router)
        DocumentRoutes().addRoutes(to: router)
        let bodies = BodyReader()
        if roles.contains(.gateway) {
            Gateway(
                log: opened.log, partitions: partitions, engine: opened.engine, bodies: bodies,
                now: { systemMilliseconds() }, newID: UUIDText.random,
                owner: { readSide?.reader.owner(of: $0) }
            ).addRoutes(to: router)
        }
        if let readSide {
            readSide.reader.addRoutes(to: router)
            MyDriving(
                reader: readSide.reader, log: opened.log, partitions: partitions, bodies: bodies,
                version: Build.version, readiness: readiness(opened.log, readSide),
                now: { systemMilliseconds() }
            ).addRoutes(to: router)
            readSide.site.addRoutes(to: router, control: control)
            SignInRoutes(control, readSide.site).addRoutes(to: router)
        }
        refuseUnlisted(router, control.table)
        return router
    }

    /// A route that no line of the table lets anybody use is a mistake of ours.
    private func refuseUnlisted(_ router: Router<TachoRequestContext>, _ table: AccessTable) {
        for route in router.routes {
            precondition(
                table.has(route: route.path.description),
                "\(route.path) has no line in AccessTable.tacho")
        }
    }

    /// What answers on a port.
    private func server(
        _ router: Router<TachoRequestContext>, on port: Int, _ announcer: Announcer
    ) -> any Service {
        Application(
            router: router,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ContinueHandler()],
                    idleTimeout: Self.idleTimeout)),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                announcer.opened(port: channel.localAddress?.port ?? port)
            },
            logger: Logger(label: "tacho.http"))
    }

    /// Goes on once the server answers.
    private func begin(at url: String) async throws {
        guard let access else { return }
        if printsLink {
            let link = access.key.signInLink(
                for: access.linked, at: advertised ?? url, seconds: TokenCommand.linkSeconds)
            Terminal.say("to sign in, within an hour: \(link)")
        }
        try await companion?(url, access.key.token(for: .service, seconds: Self.companionSeconds))
    }

    /// Whether the log answers and the reader follows it.
    private func readiness(
        _ log: any EventLog, _ readSide: ReadSide?
    ) -> @Sendable () async -> StandardRoutes.Readiness {
        { @Sendable in
            do {
                _ = try await log.offsets(of: Topics.tripUploads.name)
            } catch {
                return .waiting(for: "the log: \(error)")
            }
            return readSide?.reader.readiness() ?? .ready
        }
    }

    /// What went wrong, in words that say what to do, where there is something to do.
    private func refusal(_ error: any Error) -> any Error {
        switch error {
        case LogError.groupTaken(let group, let holder):
            Refused(
                """
                another worker (\(holder)) has the group \(group): the embedded log takes one at a \
                time; stop the other one, or run on Kafka to share the work
                """)
        case LogError.fenced(let group):
            Refused("another worker has taken over the group \(group); this one stops")
        case LogError.unavailable(let reason): Refused("the log cannot be used: \(reason)")
        case LogError.unusable(let reason) where kafka?.delivery == .exactlyOnce:
            Refused("\(reason). To accept repeats, start with --delivery at-least-once")
        case LogError.unusable(let reason): Refused("the log cannot be used: \(reason)")
        case let error as IOError where error.errnoCode == EADDRINUSE:
            Refused(
                """
                port \(port ?? 0) of \(host) is taken: choose another with --port, or stop what \
                listens there
                """)
        case let error as IOError where error.errnoCode == EACCES:
            Refused("port \(port ?? 0) takes more rights than these: choose another with --port")
        default: error
        }
    }
}
