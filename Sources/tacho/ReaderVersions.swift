import EventLog
import Foundation
import Logging
import Metrics
import Projection
import Reader
import ReleasePlans
import Releases
import ServiceLifecycle
import Topics

/// Reads every version that is kept, answers from the one that is live, and says so on the
/// `readers` topic.
struct ReaderVersions: Service {
    let log: any EventLog
    let follower: ReleaseFollower
    let versions: ServedVersions
    /// The projector of the version that was live at the start.
    let first: Projector
    let instance: String
    let installation: Installation
    let projector: @Sendable (Version) throws -> Projector
    /// Where it serves, once it does; empty where it cannot be said.
    let url: @Sendable () -> String

    /// Between two looks at what there is to say.
    private static let tick = Duration.milliseconds(100)
    private static let retryWait = Duration.seconds(5)
    /// Before a version that could not become live yet is tried again.
    private static let turnRetryWait = Duration.milliseconds(50)

    private enum Event: Sendable {
        case history(ReleaseHistory)
        case ended(VersionRuns.End)
        case retry
        case tick
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await serve() }
        var last = state(acted: follower.history)
        last.leaving = true
        // Nobody waits for a reader that said that it leaves; the word itself is not waited for long.
        _ = await Task { [last] in await say(last) }.value
    }

    private func serve() async throws {
        let logger = Logger(label: "tacho.reader")
        let runs = VersionRuns()
        let (events, feed) = AsyncStream.makeStream(of: Event.self)
        let histories = follower.histories()
        let listening = Task { for await history in histories { feed.yield(.history(history)) } }
        let ticking = Task {
            while (try? await Task.sleep(for: Self.tick)) != nil { feed.yield(.tick) }
        }
        defer {
            listening.cancel()
            ticking.cancel()
        }
        begin(first, runs, feed)
        var acted = ReleaseHistory()
        var said: (state: Tacho_V1_ReaderState, time: ContinuousClock.Instant)?
        do {
            for await event in events {
                switch event {
                case .tick: break
                case .ended(let end):
                    guard let error = end.error else { break }
                    guard end.version != versions.live else { throw error }
                    logger.error(
                        "a version is not read",
                        metadata: ["version": "\(end.version.number)", "error": "\(error)"])
                    versions.remove(end.version)
                    Task {
                        try? await Task.sleep(for: Self.retryWait)
                        feed.yield(.retry)
                    }
                case .history, .retry:
                    let history = follower.history
                    try await keep(history, runs, feed, logger)
                    guard let live = history.live, live != versions.live else {
                        acted = history
                        break
                    }
                    if await turn(to: live) {
                        acted = history
                        feed.yield(.retry)
                    } else {
                        Task {
                            try? await Task.sleep(for: Self.turnRetryWait)
                            feed.yield(.retry)
                        }
                    }
                }
                let state = state(acted: acted)
                if let said, said.state.saysTheSame(as: state),
                    .now - said.time < ReaderRoster.wordInterval
                {
                    continue
                }
                if await say(state) { said = (state, .now) }
            }
        } catch {
            await runs.endAll()
            throw error
        }
        await runs.endAll()
    }

    private func turn(to live: Version) async -> Bool {
        let began = ContinuousClock.now
        guard await versions.turn(to: live) else { return false }
        Gauge(label: "tacho_live_version").record(live.number)
        Timer(label: "tacho_reader_turn_duration_seconds").record(duration: .now - began)
        return true
    }

    /// Begins to read what is kept, and ends what is retired.
    private func keep(
        _ history: ReleaseHistory, _ runs: VersionRuns, _ feed: AsyncStream<Event>.Continuation,
        _ logger: Logger
    ) async throws {
        for version in history.kept.map(\.version) where !runs.versions.contains(version) {
            do {
                let projector = try projector(version)
                versions.add(projector)
                begin(projector, runs, feed)
            } catch {
                guard version != versions.live else { throw error }
                logger.error(
                    "a version is not read",
                    metadata: ["version": "\(version.number)", "error": "\(error)"])
                Task {
                    try? await Task.sleep(for: Self.retryWait)
                    feed.yield(.retry)
                }
            }
        }
        for version in history.versions.values where !version.isKept {
            guard version.version != versions.live else { continue }
            versions.remove(version.version)
            await runs.end(version.version)
            Projection.remove(directory: installation.directory.path, version: version.version)
        }
    }

    private func begin(
        _ projector: Projector, _ runs: VersionRuns, _ feed: AsyncStream<Event>.Continuation
    ) {
        runs.begin(projector.projection.version, { try await projector.run() }) {
            feed.yield(.ended($0))
        }
    }

    private func state(acted: ReleaseHistory) -> Tacho_V1_ReaderState {
        var state = Tacho_V1_ReaderState()
        state.instance = instance
        state.url = url()
        state.build = Build.version
        state.live = UInt32(versions.live.number)
        state.releasesOffset = acted.last
        state.versions = versions.lags.sorted { $0.key < $1.key }.map { version, lag in
            var served = Tacho_V1_ServedVersion()
            served.version = UInt32(version.number)
            if let lag { served.lag = lag }
            return served
        }
        return state
    }

    /// - Returns: whether the log has it.
    private func say(_ state: Tacho_V1_ReaderState) async -> Bool {
        do {
            _ = try await log.append([
                Topics.readers.record(partition: 0, key: instance, value: state)
            ])
            return true
        } catch {
            return false
        }
    }
}

extension Tacho_V1_ReaderState {
    /// Whether nobody learns anything new by the other one, but for how far it has read.
    fileprivate func saysTheSame(as other: Tacho_V1_ReaderState) -> Bool {
        func fixed(_ state: Tacho_V1_ReaderState) -> Tacho_V1_ReaderState {
            var state = state
            for index in state.versions.indices where state.versions[index].hasLag {
                state.versions[index].lag = 0
            }
            return state
        }
        return fixed(self) == fixed(other)
    }
}
