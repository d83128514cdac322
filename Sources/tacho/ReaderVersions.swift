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

    private enum Event: Sendable {
        case history(ReleaseHistory)
        case ended(VersionRuns.End)
        case tick
    }

    /// What runs here, and what is known of it.
    private struct Running {
        let runs = VersionRuns()
        /// Versions that failed, and when they are tried again.
        var resting: [Version: ContinuousClock.Instant] = [:]
        /// The last history in which nothing is left to do.
        var acted = ReleaseHistory()
        var said: (state: Tacho_V1_ReaderState, time: ContinuousClock.Instant)?
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await serve() }
        var last = state(acted: follower.history)
        last.leaving = true
        // Also in a task that is cancelled.
        _ = await Task { [last] in await say(last) }.value
    }

    private func serve() async throws {
        var running = Running()
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
        begin(first, running.runs, feed)
        do {
            for await event in events {
                if case .ended(let end) = event, let error = end.error {
                    versions.remove(end.version)
                    try failed(end.version, error, &running)
                }
                let history = follower.history
                try await keep(history, &running, feed)
                let live = history.live ?? versions.live
                if live == versions.live {
                    running.acted = history
                } else if await turn(to: live) {
                    running.acted = history
                }
                await tell(&running)
            }
        } catch {
            await running.runs.endAll()
            throw error
        }
        await running.runs.endAll()
    }

    /// Lets a version rest for a while that cannot be read; the live one's failure is the reader's.
    private func failed(
        _ version: Version, _ error: any Error, _ running: inout Running
    ) throws {
        guard version != versions.live else { throw error }
        Logger(label: "tacho.reader").error(
            "a version is not read",
            metadata: ["version": "\(version.number)", "error": "\(error)"])
        running.resting[version] = .now + Self.retryWait
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
        _ history: ReleaseHistory, _ running: inout Running,
        _ feed: AsyncStream<Event>.Continuation
    ) async throws {
        for version in history.kept.map(\.version) where !running.runs.versions.contains(version) {
            if let until = running.resting[version], .now < until { continue }
            do {
                let projector = try projector(version)
                versions.add(projector)
                begin(projector, running.runs, feed)
            } catch {
                try failed(version, error, &running)
            }
        }
        // What was retired before this process began may have left its file behind.
        let isNew = history.last != running.acted.last
        for version in history.versions.values where !version.isKept {
            guard version.version != versions.live,
                isNew || running.runs.versions.contains(version.version)
            else { continue }
            versions.remove(version.version)
            await running.runs.end(version.version)
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

    /// Says what there is to say, where it is news or the last word is long ago.
    private func tell(_ running: inout Running) async {
        let state = state(acted: running.acted)
        if let said = running.said, said.state.saysTheSame(as: state),
            .now - said.time < ReaderRoster.wordInterval
        {
            return
        }
        if await say(state) { running.said = (state, .now) }
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
