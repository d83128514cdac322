public import EventLog
internal import Logging
internal import SQLite
internal import Topics

/// The stream worker of one version: reads uploads, scores the trips that they touch, and commits
/// what comes of it together with how far it has read.
public struct Scorer: Sendable {
    private let log: any EventLog
    private let settings: ScorerSettings
    private let observer: ScorerObserver
    private let logger: Logger
    private let now: @Sendable () -> Int64

    /// A scorer that does nothing until ``run()``.
    ///
    /// - Parameter now: the time in epoch milliseconds; it decides what is warmed, and no result.
    public init(
        log: any EventLog, settings: ScorerSettings, observer: ScorerObserver = ScorerObserver(),
        now: @escaping @Sendable () -> Int64
    ) {
        self.log = log
        self.settings = settings
        self.observer = observer
        self.now = now
        var logger = Logger(label: "tacho.scorer")
        logger[metadataKey: "version"] = "\(settings.version.number)"
        logger[metadataKey: "group"] = "\(settings.version.scorerGroup)"
        self.logger = logger
    }

    /// Scores until the task is cancelled, then leaves the group.
    ///
    /// What may pass (a full disk, a broker away) is waited out.
    ///
    /// - Throws: ``LogError/fenced(group:)`` and ``LogError/groupTaken(group:holder:)`` where
    ///   another scorer has the group; whatever else waiting does not mend.
    public func run() async throws {
        var retry = Retry(longest: settings.longestRetry)
        while !Task.isCancelled {
            do {
                try await serve(&retry)
            } catch {
                if let error = error as? SQLiteError, error.isCorrupt {
                    try TripIndex.remove(path: settings.indexPath)
                } else if !Self.mayPass(error) {
                    throw error
                }
                try await wait(after: error, &retry)
            }
        }
    }

    private func serve(_ retry: inout Retry) async throws {
        let member = try await log.join(
            group: settings.version.scorerGroup, topics: [Topics.tripUploads.name],
            member: settings.member)
        do {
            let session = ScorerSession(
                log: log, member: member, settings: settings, observer: observer,
                index: try TripIndex(path: settings.indexPath), now: now)
            while !Task.isCancelled {
                do {
                    try await session.step()
                    retry.succeeded()
                } catch LogError.offsetOutOfRange(let position, let available) {
                    logger.error(
                        "retention removed uploads before they were scored",
                        metadata: [
                            "partition": "\(position.topicPartition)",
                            "from": "\(position.offset)", "to": "\(available.lowerBound)",
                        ])
                    session.skip(position.topicPartition, to: available.lowerBound)
                } catch let error as LogError where Self.mayPass(error) {
                    try await wait(after: error, &retry)
                }
            }
        } catch {
            await member.leave()
            throw error
        }
        await member.leave()
    }

    private func wait(after error: any Error, _ retry: inout Retry) async throws {
        let delay = retry.failed()
        logger.warning("waiting before trying again", metadata: ["error": "\(error)"])
        observer.retrying("\(error)")
        do {
            try await Task.sleep(for: delay)
        } catch is CancellationError {
            return
        }
    }

    /// Whether the same may work later, in this process.
    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case LogError.unavailable, LogError.queueFull: true
        case let error as SQLiteError: error.isFull || error.isIOError || error.isBusy
        default: false
        }
    }
}

/// How long to wait after failures in a row: 50 ms, and twice as long each time.
struct Retry {
    let longest: Duration
    private var next = Duration.milliseconds(50)

    init(longest: Duration) { self.longest = longest }

    mutating func succeeded() { next = .milliseconds(50) }

    mutating func failed() -> Duration {
        defer { next = min(next * 2, longest) }
        return min(next, longest)
    }
}
