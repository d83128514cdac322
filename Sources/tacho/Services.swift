import EmbeddedLog
import Foundation
import Logging
import Metrics
import Pipeline
import Reader
import ServiceLifecycle
import Synchronization
import Web

/// Ends the live streams when the process is told to stop; to be stopped before the server.
struct LiveStreamsEnd: Service {
    let reader: Reader

    func run() async throws {
        do { try await gracefulShutdown() } catch is CancellationError {}
        reader.versions.endLiveStreams()
    }
}

/// Cuts what phones send into trips.
struct CutterService: Service {
    let cutter: Cutter

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await cutter.run() }
    }
}

/// Removes what the topics' retention lets go, once a minute.
struct Retention: Service {
    let log: EmbeddedLog
    private static let interval = Duration.seconds(60)

    func run() async throws {
        let logger = Logger(label: "tacho.retention")
        await cancelWhenGracefulShutdown {
            await log.enforceRetention(every: Self.interval, now: systemMilliseconds) { error in
                logger.warning("retention waits", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// Removes what is superseded in compacted topics, once a minute.
struct Compaction: Service {
    let log: EmbeddedLog
    private static let interval = Duration.seconds(60)

    func run() async throws {
        let logger = Logger(label: "tacho.compaction")
        await cancelWhenGracefulShutdown {
            await log.compact(
                every: Self.interval, now: systemMilliseconds, done: LogMeter.record,
                failed: { error in
                    logger.warning("compaction waits", metadata: ["error": "\(error)"])
                })
        }
    }
}

/// The port that the server came to listen on.
final class Announcer: Sendable {
    private let port = Mutex<Int?>(nil)

    func opened(port number: Int) { port.withLock { $0 = number } }

    var openedPort: Int? { port.withLock { $0 } }
}

/// Says where the server is once it can serve, then runs whatever is to run beside it.
struct Announcement: Service {
    let announcer: Announcer
    let host: String
    let readiness: @Sendable () async -> StandardRoutes.Readiness
    /// Runs once the server answers; told its address.
    let next: @Sendable (_ url: String) async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                while true {
                    if let port = announcer.openedPort, await readiness() == .ready {
                        let url = "http://\(host):\(port)"
                        Terminal.say("serving on \(url)")
                        try await next(url)
                        break
                    }
                    try await Task.sleep(for: .milliseconds(10))
                }
                // A service that returns would end the process.
                while true { try await Task.sleep(for: .seconds(3_600)) }
            } catch is CancellationError {
                return
            }
        }
    }
}

/// The log's own metrics.
enum LogMeter {
    /// Records one group commit.
    @Sendable static func record(_ commit: EmbeddedLog.GroupCommit) {
        timer.record(duration: commit.duration)
        waiting.record(commit.waiting)
    }

    /// Records one round of compaction.
    @Sendable static func record(_ round: EmbeddedLog.Compaction, _ duration: Duration) {
        guard !round.isElsewhere else { return }
        compacted.increment(by: Int64(round.records))
        compacting.record(duration: duration)
        dirtyRatio.record(round.dirtyRatio)
    }

    private static let compacted = Counter(
        label: "tacho_log_compacted_records_total", dimensions: [("engine", "embedded")])
    private static let compacting = Timer(
        label: "tacho_log_compaction_duration_seconds", dimensions: [("engine", "embedded")])
    private static let dirtyRatio = Gauge(
        label: "tacho_log_compaction_dirty_ratio", dimensions: [("engine", "embedded")])
    private static let timer = Timer(
        label: "tacho_log_commit_duration_seconds", dimensions: [("engine", "embedded")])
    private static let waiting = Gauge(
        label: "tacho_log_calls_waiting", dimensions: [("engine", "embedded")])
}
