import EventLog
import Logging
import Pipeline
import ReleasePlans
import Scoring
import ServiceLifecycle
import Topics

/// Scores for every version that is this process's to score, from when it is staged until it is
/// retired.
struct ScorerVersions: Service {
    /// Which versions are meant.
    enum Choice: Equatable {
        /// All that this build gives the results of.
        case all
        case version(Version)
        /// The newest one in the slot.
        case slot(String)
    }

    let follower: ReleaseFollower
    let choice: Choice
    /// Whether the process does nothing else.
    let isAlone: Bool
    let installation: Installation
    let scorer: @Sendable (ReleasedVersion, RuleSet, Pace) -> Scorer
    /// Before a version whose scorer failed is tried again; the live one's failure ends the process.
    private static let retryWait = Duration.seconds(5)

    private enum Event: Sendable {
        case history(ReleaseHistory)
        case ended(VersionRuns.End)
        case retry
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await serve() }
    }

    /// What runs here, and what is known of it.
    private struct Running {
        let runs = VersionRuns()
        var paces: [Version: Pace] = [:]
        /// Versions of which it was said that they are not scored here.
        var told: Set<Version> = []
    }

    private func serve() async throws {
        var running = Running()
        let (events, feed) = AsyncStream.makeStream(of: Event.self)
        let histories = follower.histories()
        let listening = Task { for await history in histories { feed.yield(.history(history)) } }
        defer { listening.cancel() }
        do {
            for await event in events {
                switch event {
                case .ended(let end):
                    guard let error = end.error else { continue }
                    try failed(end.version, error, feed)
                case .history, .retry:
                    let history = follower.history
                    await end(history, &running)
                    if case .version(let version) = choice,
                        history.versions[version]?.isKept == false
                    {
                        Terminal.say("version \(version.number) is retired")
                        await running.runs.endAll()
                        return
                    }
                    try begin(history, &running, feed)
                }
            }
        } catch {
            await running.runs.endAll()
            throw error
        }
        await running.runs.endAll()
    }

    /// Tries a version later whose scorer failed, unless it is the one that must not fail.
    private func failed(
        _ version: Version, _ error: any Error, _ feed: AsyncStream<Event>.Continuation
    ) throws {
        guard choice == .all, follower.history.live != version else { throw error }
        Logger(label: "tacho.scorer").error(
            "a version is not scored",
            metadata: ["version": "\(version.number)", "error": "\(error)"])
        Task {
            try? await Task.sleep(for: Self.retryWait)
            feed.yield(.retry)
        }
    }

    /// Ends what is no longer to be scored.
    private func end(_ history: ReleaseHistory, _ running: inout Running) async {
        let wanted = Set(wanted(history).map(\.version))
        for version in running.runs.versions where !wanted.contains(version) {
            await running.runs.end(version)
            forget(version, history)
        }
    }

    /// Begins what is to be scored and is not, and lets all go at the pace that is asked for.
    private func begin(
        _ history: ReleaseHistory, _ running: inout Running,
        _ feed: AsyncStream<Event>.Continuation
    ) throws {
        for version in wanted(history) {
            let number = version.version
            version.set(running.paces[number])
            guard !running.runs.versions.contains(number) else { continue }
            let rules: RuleSet
            do {
                rules = try version.rules()
            } catch {
                // Another build scores it beside this one, also once it is live.
                guard choice == .all else { throw error }
                if running.told.insert(number).inserted {
                    Terminal.error("not scored here: \(error)")
                }
                continue
            }
            if isAlone || version.state != .live {
                Terminal.say("scoring version \(number.number) by \(rules.name)")
            }
            let pace = Pace()
            running.paces[number] = pace
            version.set(pace)
            let scorer = scorer(version, rules, pace)
            running.runs.begin(number, { try await scorer.run() }) { feed.yield(.ended($0)) }
        }
    }

    private func wanted(_ history: ReleaseHistory) -> [ReleasedVersion] {
        switch choice {
        case .all: history.kept
        case .version(let version): history.kept.filter { $0.version == version }
        case .slot(let slot): history.kept.filter { $0.slot == slot }.suffix(1)
        }
    }

    private func forget(_ version: Version, _ history: ReleaseHistory) {
        guard history.versions[version]?.isKept == false else { return }
        for suffix in ["", "-wal", "-shm"] {
            installation.remove("scorer.\(version).sqlite\(suffix)")
        }
    }
}

extension ReleasedVersion {
    /// Lets its scorer go at the pace that is asked for; whoever is or was live goes without limit.
    fileprivate func set(_ pace: Pace?) {
        let wanted = state == .candidate ? self.pace : Tacho_V1_Pace()
        pace?.set(
            uploadsPerSecond: Int(wanted.uploadsPerSecond), isPaused: wanted.paused)
    }
}
