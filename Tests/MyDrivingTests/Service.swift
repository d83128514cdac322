import EmbeddedLog
import EventLog
import Foundation
import GivenCaller
import Hummingbird
import Loopback
import Pipeline
import Projection
import Reader
import Scoring
import Synchronization
import Topics
import Trips
import Web

@testable import MyDriving

/// A log, a scorer, a projector and MyDriving's routes on a loopback port.
final class Service: Sendable {
    private let port = Mutex(0)
    private let caller: GivenCaller

    private init(_ caller: GivenCaller) { self.caller = caller }

    /// Runs everything for as long as the body takes.
    ///
    /// - Parameter caller: who asks; a service unless said otherwise.
    static func run(
        as caller: GivenCaller = GivenCaller(), _ body: (Service) async throws -> Void
    ) async throws {
        let path = NSTemporaryDirectory() + "tacho-mydriving-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = try EmbeddedLog(path: path + "/log.sqlite")
        try await log.create(
            Topics.sources(partitions: 4) + Topics.derived(.first, partitions: 4))
        let scorer = Scorer(
            log: log,
            settings: ScorerSettings(
                version: .first, rules: .standard, member: "test",
                indexPath: path + "/index.sqlite"),
            now: { systemMilliseconds() })
        let projector = Projector(
            log: log, projection: try Projection(directory: path, version: .first)
        ) { systemMilliseconds() }
        try await Service(caller).serve(log, scorer, projector, body)
        await log.close()
    }

    private func serve(
        _ log: EmbeddedLog, _ scorer: Scorer, _ projector: Projector,
        _ body: (Service) async throws -> Void
    ) async throws {
        let reader = Reader(versions: ServedVersions(live: projector))
        let router = Router(context: TachoRequestContext.self)
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: caller)
        MyDriving(
            reader: reader, log: log, partitions: 4, bodies: BodyReader(), version: "1.2.3",
            readiness: { reader.readiness() }, now: { systemMilliseconds() }
        ).addRoutes(to: router)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scorer.run() }
            group.addTask { try await projector.run() }
            try await Loopback.serve(router) { port in
                self.port.withLock { $0 = port }
                let end = ContinuousClock.now + .seconds(20)
                while reader.readiness() != .ready {
                    guard .now < end else { throw Late() }
                    try await Task.sleep(for: .milliseconds(5))
                }
                try await body(self)
            }
            group.cancelAll()
        }
    }

    struct Late: Error {}

    /// One request on a connection of its own.
    func ask(
        _ method: String, _ path: String, _ body: String = "", _ fields: [String: String] = [:]
    ) async throws -> Answer {
        try await Answer.ask(
            port: port.withLock { $0 }, method, path, fields: fields.map { ($0, $1) }, body: body)
    }
}

extension Answer {
    /// The body as a JSON object.
    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }

    /// The body as a JSON array of objects.
    var list: [[String: Any]] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [[String: Any]] ?? []
    }
}
