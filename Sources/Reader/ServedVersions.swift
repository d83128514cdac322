internal import Logging
internal import Projection
internal import Synchronization
public import Topics

/// The versions that a reader serves, and which of them answers whoever asks for none.
///
/// Another one becomes live between two requests: no answer mixes versions, and none is older than
/// what was served before it.
public final class ServedVersions: Sendable {
    private struct State {
        var projectors: [Version: Projector]
        var live: Version
        /// Requests under way that asked for what is live, by the version that they got.
        var underWay: [Version: Int] = [:]
    }

    let feed: LiveFeed
    let settings: ReaderSettings
    private let state: Mutex<State>
    private let logger = Logger(label: "tacho.reader")

    /// Serves one version, which is live; others are added.
    public init(live projector: Projector, settings: ReaderSettings = .init()) {
        let version = projector.projection.version
        self.settings = settings
        feed = LiveFeed(live: version)
        state = Mutex(State(projectors: [version: projector], live: version))
        projector.tells(feed)
    }

    /// The version that answers whoever asks for none.
    public var live: Version { state.withLock { $0.live } }

    /// Every version that is served, by number.
    public var versions: [Version] { state.withLock { $0.projectors.keys.sorted() } }

    /// How much each version has left to read of what was there when it began; nothing where it
    /// cannot serve.
    public var lags: [Version: Int64?] { state.withLock { $0.projectors }.mapValues(\.lag) }

    /// Serves another version as well, to those who ask for it.
    public func add(_ projector: Projector) {
        projector.tells(feed)
        state.withLock { $0.projectors[projector.projection.version] = projector }
    }

    /// Serves a version no longer; nothing happens to the one that is live.
    public func remove(_ version: Version) {
        let isRemoved = state.withLock { state in
            guard state.live != version else { return false }
            return state.projectors.removeValue(forKey: version) != nil
        }
        if isRemoved { feed.end(version) }
    }

    /// Makes another version live, once it shows all that the one before has shown.
    ///
    /// Until then the one before takes nothing new in; it goes on where that lasts too long.
    ///
    /// - Returns: whether the version answers now; where not, nothing has changed.
    public func turn(to version: Version) async -> Bool {
        let (target, old) = state.withLock { ($0.projectors[version], $0.projectors[$0.live]) }
        guard let target, let old else { return false }
        if target === old { return true }
        guard target.lag != nil else { return false }
        await old.gate.enter()
        defer { old.gate.leave() }
        let seen = old.seen
        let profiles = old.profileVisibility.all
        let deadline = ContinuousClock.now + settings.turnWait
        while !target.visibility.has(seen) || !target.profileVisibility.has(profiles) {
            guard ContinuousClock.now < deadline else { return false }
            guard (try? await Task.sleep(for: .milliseconds(1))) != nil else { return false }
        }
        await target.gate.enter()
        let news: [LiveFeed.Change]
        do {
            news = try await target.news(since: seen, of: feed.followedTrips, settings)
        } catch {
            target.gate.leave()
            logger.warning("The version cannot become live yet.", metadata: ["why": "\(error)"])
            return false
        }
        target.visibility.comeBack()
        target.profileVisibility.comeBack()
        state.withLock { $0.live = version }
        old.visibility.moveOn()
        old.profileVisibility.moveOn()
        feed.turn(to: version, telling: news)
        target.gate.leave()
        // Whoever has asked the one before may still read it: it stands still until they are done.
        while state.withLock({ $0.underWay[old.projection.version] ?? 0 }) > 0,
            ContinuousClock.now < deadline
        {
            guard (try? await Task.sleep(for: .milliseconds(1))) != nil else { break }
        }
        return true
    }

    /// The projector of a version, or of what is live, for one request.
    ///
    /// - Returns: nil where the version is not served.
    func enter(_ wanted: Version?) -> Pass? {
        state.withLock { state in
            let version = wanted ?? state.live
            guard let projector = state.projectors[version] else { return nil }
            if wanted == nil { state.underWay[version, default: 0] += 1 }
            return Pass(projector: projector, isCounted: wanted == nil)
        }
    }

    /// The request has its answer, or asks anew.
    func leave(_ pass: Pass) {
        guard pass.isCounted else { return }
        state.withLock { $0.underWay[pass.projector.projection.version, default: 0] -= 1 }
    }

    /// What a request has while it reads.
    struct Pass {
        let projector: Projector
        fileprivate let isCounted: Bool
    }

    /// Ends every live stream: a server that stops waits for its open answers.
    public func endLiveStreams() { feed.close() }
}
