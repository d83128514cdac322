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

    private func serve() async throws {
        let logger = Logger(label: "tacho.scorer")
        let runs = VersionRuns()
        let (events, feed) = AsyncStream.makeStream(of: Event.self)
        let histories = follower.histories()
        let listening = Task { for await history in histories { feed.yield(.history(history)) } }
        defer { listening.cancel() }
        var told: Set<Version> = []
        var paces: [Version: Pace] = [:]
        do {
            for await event in events {
                if case .ended(let end) = event, let error = end.error {
                    let history = follower.history
                    guard choice == .all, history.live != end.version else { throw error }
                    logger.error(
                        "a version is not scored",
                        metadata: ["version": "\(end.version.number)", "error": "\(error)"])
                    Task {
                        try? await Task.sleep(for: Self.retryWait)
                        feed.yield(.retry)
                    }
                    continue
                }
                let history = follower.history
                let wanted = wanted(history)
                for version in wanted { version.set(paces[version.version]) }
                for version in runs.versions
                where !wanted.contains(where: { $0.version == version }) {
                    await runs.end(version)
                    forget(version, history)
                }
                if case .version(let version) = choice, history.versions[version]?.isKept == false {
                    Terminal.say("version \(version.number) is retired")
                    break
                }
                for version in wanted where !runs.versions.contains(version.version) {
                    let rules: RuleSet
                    do {
                        rules = try version.rules()
                    } catch {
                        guard choice == .all, history.live != version.version else { throw error }
                        if told.insert(version.version).inserted {
                            Terminal.error("not scored here: \(error)")
                        }
                        continue
                    }
                    if case .ended = event { continue }
                    if isAlone || version.state != .live {
                        Terminal.say("scoring version \(version.version.number) by \(rules.name)")
                    }
                    let pace = Pace()
                    paces[version.version] = pace
                    version.set(pace)
                    let scorer = scorer(version, rules, pace)
                    runs.begin(version.version, { try await scorer.run() }) {
                        feed.yield(.ended($0))
                    }
                }
            }
        } catch {
            await runs.endAll()
            throw error
        }
        await runs.endAll()
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
