internal import Logging
internal import Metrics
internal import Synchronization

/// The keys that are trusted for one issuer, kept up to date from where they are published.
///
/// A set that was read replaces the one before. While its source is away the keys go on being
/// trusted, for at most ``staleSeconds``.
public final class KeyRing: Sendable {
    /// Seconds between two readings on schedule.
    public static let refreshSeconds: Int64 = 600
    /// Seconds between two readings for ids that are not known, however many tokens name such.
    public static let unknownSeconds: Int64 = 30
    /// Seconds for which keys are trusted after the last reading that succeeded.
    public static let staleSeconds: Int64 = 86_400

    private struct State {
        var keys: KeySet?
        var generation = 0
        var readAt = Int64.min
        var triedAt = Int64.min
        var reading: Task<Void, Never>?
    }

    private let source: KeySource?
    private let state: Mutex<State>
    private let failures = Counter(label: "tacho_access_key_readings_failed_total")
    private let logger = Logger(label: "tacho.access")

    /// Keys that never change.
    public init(_ keys: KeySet) {
        source = nil
        state = Mutex(State(keys: keys))
    }

    /// Keys of a source; none until ``refresh(now:)``.
    public init(source: KeySource) {
        self.source = source
        state = Mutex(State())
    }

    /// Counts the sets that there were: what was verified by an older one is verified again.
    var generation: Int { state.withLock { $0.generation } }

    /// Ids of the keys that are trusted now.
    public var keyIDs: [String] { state.withLock { $0.keys?.keyIDs ?? [] } }

    /// The keys, where one of this id is among them; reads them anew where none is, unless that was
    /// done a short while ago.
    ///
    /// - Parameter now: epoch seconds.
    func keys(with id: String, now: Int64) async -> KeySet? {
        if let keys = current(now), keys.has(id) { return keys }
        guard source != nil else { return nil }
        let isTooSoon = state.withLock { state in
            state.reading == nil && state.triedAt > now - Self.unknownSeconds
        }
        if !isTooSoon { await refresh(now: now) }
        guard let keys = current(now), keys.has(id) else { return nil }
        return keys
    }

    /// Reads the keys from their source; whoever asks meanwhile waits for the same reading.
    public func refresh(now: Int64) async {
        guard let source else { return }
        let reading = state.withLock { state in
            if let reading = state.reading { return reading }
            state.triedAt = now
            let reading = Task { await self.read(source, now) }
            state.reading = reading
            return reading
        }
        await reading.value
    }

    private func current(_ now: Int64) -> KeySet? {
        state.withLock { state in
            source == nil || state.readAt > now - Self.staleSeconds ? state.keys : nil
        }
    }

    private func read(_ source: KeySource, _ now: Int64) async {
        do {
            let keys = try await source.fetch()
            let isNew = state.withLock { state in
                let isNew = state.keys?.keyIDs != keys.keyIDs
                state.keys = keys
                state.generation += 1
                state.readAt = now
                state.reading = nil
                return isNew
            }
            guard isNew else { return }
            logger.notice(
                "keys were read",
                metadata: ["source": "\(source)", "keys": "\(keys.keyIDs.joined(separator: " "))"])
            for key in keys.leftOut {
                logger.warning(
                    "a key was left out", metadata: ["key": "\(key.key)", "why": "\(key.reason)"])
            }
        } catch {
            state.withLock { $0.reading = nil }
            failures.increment()
            logger.warning(
                "keys cannot be read", metadata: ["source": "\(source)", "why": "\(error)"])
        }
    }
}
