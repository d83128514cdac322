import EmbeddedLog
import EventLog
import Foundation
import GivenCaller
import Hummingbird
import Loopback
import Projection
import ServiceLifecycle
import Synchronization
import Topics
import Trips
import Web

@testable import Reader

/// A log, a projector and a server on a loopback port, with a clock that stands where it is put.
final class Installation: Sendable {
    static let partitions = 4
    let path: String
    let log: EmbeddedLog
    let projection: Projection
    let projector: Projector
    let versions: ServedVersions
    private let clock: TestClock
    private let port = Mutex(0)
    var servedPort: Int { port.withLock { $0 } }

    init(
        path: String, now: Int64, settings: ProjectorSettings, answers: ReaderSettings,
        options: EmbeddedLog.Options
    ) async throws {
        self.path = path
        let clock = TestClock(now)
        log = try EmbeddedLog(path: path + "/log.sqlite", options: options) { clock.now }
        try await log.create(
            Topics.sources(partitions: Self.partitions)
                + [.first, .second].flatMap { Topics.derived($0, partitions: Self.partitions) })
        projection = try Projection(directory: path, version: .first)
        projector = Projector(log: log, projection: projection, settings: settings) { clock.now }
        self.clock = clock
        versions = ServedVersions(live: projector, settings: answers)
    }

    /// Reads and serves another version as well, for as long as the body takes.
    ///
    /// - Parameter seen: the log as that version's projector sees it.
    func alongside(
        _ version: Version, over seen: (any EventLog)? = nil,
        _ body: (Projector) async throws -> Void
    ) async throws {
        let clock = clock
        let other = Projector(
            log: seen ?? log, projection: try Projection(directory: path, version: version),
            settings: .quick
        ) { clock.now }
        versions.add(other)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await other.run() }
            try await body(other)
            group.cancelAll()
        }
    }

    /// Puts the clock, in epoch milliseconds.
    func advance(to now: Int64) { clock.put(now) }

    /// Runs everything for as long as the body takes.
    static func run(
        now: Int64 = 1_767_225_700_000, settings: ProjectorSettings = .quick,
        answers: ReaderSettings = .patient, options: EmbeddedLog.Options = .init(),
        _ body: (Installation) async throws -> Void
    ) async throws {
        let path = NSTemporaryDirectory() + "tacho-reader-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let installation = try await Installation(
            path: path, now: now, settings: settings, answers: answers, options: options)
        try await installation.serve(body)
        await installation.log.close()
    }

    private func serve(_ body: (Installation) async throws -> Void) async throws {
        let reader = Reader(versions: versions)
        let router = Router(context: TachoRequestContext.self)
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: GivenCaller())
        reader.addRoutes(to: router)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.projector.run() }
            try await Loopback.serve(router) { port in
                self.port.withLock { $0 = port }
                try await until("the projector reads") { self.projector.lag != nil }
                try await body(self)
            }
            group.cancelAll()
        }
    }

    /// Asks the server.
    func get(
        _ path: String, _ fields: [String: String] = [:], method: String = "GET"
    ) async throws -> Answer {
        try await Answer.ask(
            port: port.withLock { $0 }, method, path, fields: fields.map { ($0, $1) })
    }

    /// Appends what a phone sends.
    ///
    /// - Returns: where it lies.
    @discardableResult
    func upload(_ trip: String, _ upload: Upload) async throws -> Position {
        try await log.append([
            Topics.tripUploads.record(
                partition: partition(of: trip), key: trip, value: upload)
        ])[0]
    }

    /// Appends a change of a profile.
    func change(_ profile: String, _ change: UserChange) async throws {
        _ = try await log.append([
            Topics.users.record(partition: 0, key: profile, value: change)
        ])
    }

    /// Appends what a scorer says after an upload, and that it has come so far.
    func score(
        _ message: Tacho_V1_TripScore, after last: Position, at milliseconds: Int64? = nil,
        version: Version = .first
    ) async throws {
        let partition = partition(of: message.trip)
        var progress = Tacho_V1_Progress()
        progress.nextOffset = last.offset + 1
        _ = try await log.append([
            Topics.tripScores(version).record(
                partition: partition, key: message.trip, value: message,
                headers: [
                    Header(TachoHeader.firstUpload, "0"),
                    Header(TachoHeader.lastUpload, String(last.offset)),
                    Header(TachoHeader.lastUploadTime, String(milliseconds ?? clock.now)),
                    Header(TachoHeader.owner, message.user),
                ]),
            Topics.progress(version).record(
                partition: partition, key: Topics.progressKey, value: progress),
        ])
    }

    func partition(of trip: String) -> Int {
        Partitioner.partition(of: trip.utf8, count: Self.partitions)
    }
}

/// A clock that stands where it is put.
final class TestClock: Sendable {
    private let time: Mutex<Int64>

    init(_ now: Int64) { time = Mutex(now) }

    var now: Int64 { time.withLock { $0 } }

    func put(_ now: Int64) { time.withLock { $0 = now } }
}

extension Version {
    /// The version beside the first.
    static let second = Version(2)!
}

extension ProjectorSettings {
    /// Waits short enough for tests.
    static var quick: ProjectorSettings {
        var settings = ProjectorSettings()
        settings.readWait = .milliseconds(20)
        settings.sweepMilliseconds = 1
        settings.heartbeat = .milliseconds(50)
        settings.mirrorInterval = .milliseconds(20)
        return settings
    }
}

extension ReaderSettings {
    /// Waits short enough for tests in which they are in vain.
    static var quick: ReaderSettings { waiting(.milliseconds(300)) }

    /// Waits long enough for tests in which they are not, on a machine that has much to do.
    static var patient: ReaderSettings { waiting(.seconds(20)) }

    private static func waiting(_ longest: Duration) -> ReaderSettings {
        var settings = ReaderSettings()
        settings.readAfterWait = longest
        settings.turnWait = longest
        return settings
    }
}

/// A condition did not come true in time.
struct Late: Error {
    let what: String
}

/// Waits for a condition, but not for ever.
func until(_ what: String, _ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while try await !holds() {
        guard .now < end else { throw Late(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Points a second apart.
func points(_ seconds: Range<Int64>) -> [Point] {
    seconds.map { second in
        var point = Point(
            sequence: second, timeMilliseconds: 1_767_225_600_000 + second * 1_000,
            latitudeE7: 476_397_199 + Int32(second) * 1_000, longitudeE7: -1_221_306_499)
        if second % 2 == 0 { point.speedMetersPerHour = 50_000 }
        return point
    }
}

func user(_ name: String) -> UserID {
    guard let user = UserID(name) else { preconditionFailure(name) }
    return user
}

/// What a scorer says of a trip of `points(0..<20)`.
func message(
    _ trip: String, user: String = "ann", status: Tacho_V1_TripStatus = .driving
) -> Tacho_V1_TripScore {
    var message = Tacho_V1_TripScore()
    message.trip = trip
    message.user = user
    message.status = status
    guard status != .deleted else { return message }
    message.name = "To work"
    message.startedAtMs = 1_767_225_600_000
    message.endedAtMs = 1_767_225_619_250
    message.distanceM = 1_234
    message.averageSpeedMPerH = 50_000
    message.maxSpeedMPerH = 61_000
    message.score = 81
    message.rules.name = "default"
    message.rules.version = 1
    message.rules.hash = "abc"
    var item = Tacho_V1_BreakdownItem()
    item.cause = "shortDistance"
    item.points = 6
    message.breakdown = [item]
    item.cause = "hardBrake"
    item.count = 1
    item.points = 13
    message.breakdown.append(item)
    message.quality.readings = 20
    message.quality.used = 19
    message.quality.repaired = 1
    message.quality.largestGapMs = 1_000
    var problem = Tacho_V1_Problem()
    problem.kind = "jump"
    problem.count = 1
    message.quality.problems = [problem]
    var event = Tacho_V1_DrivingEvent()
    event.id = "e1"
    event.kind = "hardBrake"
    event.severity = "moderate"
    event.startedAtMs = 1_767_225_605_000
    event.endedAtMs = 1_767_225_607_400
    event.latitudeE7 = 476_397_199
    event.longitudeE7 = -1_221_306_499
    event.peakMmPerS2 = -3_450
    event.speedBeforeMPerH = 61_000
    event.speedAfterMPerH = 18_000
    event.points = 13
    message.events = [event]
    return message
}
