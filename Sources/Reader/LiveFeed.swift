internal import Projection
internal import Synchronization
internal import Topics
internal import Trips

/// Those who listen to trips as they change, in one version or in whichever is live.
final class LiveFeed: Sendable {
    /// Changes that a listener may be behind before it is dropped.
    static let queueLimit = 1_000
    /// Listeners at a time.
    static let listenerLimit = 1_000

    /// A trip as it is now.
    struct Change: Sendable {
        var trip: TripID
        /// Whose it is.
        var user: String
        var partition: Int
        var lastUpload: Int64
        /// The trip as JSON; nil for one that is gone.
        var document: [UInt8]?

        init(_ row: TripRow) {
            trip = row.trip
            user = row.user
            partition = row.partition
            lastUpload = row.lastUpload
            document = row.status == .deleted ? nil : row.document
        }
    }

    /// What a listener is told.
    enum News: Sendable {
        case change(Change)
        /// From now on changes are those of this version.
        case version(Version)
        /// A sign of life.
        case beat
    }

    private struct Listener {
        var trip: TripID?
        /// The user whose trips alone it is told of; nil for everybody's.
        var user: String?
        /// The version whose changes it is told.
        var version: Version
        /// Whether it goes along when another version becomes live.
        var follows: Bool
        var continuation: AsyncStream<News>.Continuation

        func hears(_ change: Change) -> Bool {
            (trip == nil || trip == change.trip) && (user == nil || user == change.user)
        }

        /// Tells all of it, or ends a listener that is too far behind.
        func tell(_ news: some Sequence<News>) {
            for item in news {
                if case .dropped = continuation.yield(item) {
                    continuation.finish()
                    return
                }
            }
        }
    }

    private struct State {
        var live: Version
        var listeners: [UInt64: Listener] = [:]
        var lastNumber: UInt64 = 0
        var lastBeat = ContinuousClock.now
    }

    private let state: Mutex<State>

    /// A feed without listeners.
    init(live: Version) { state = Mutex(State(live: live)) }

    /// Those who listen.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// News from now on of one trip or of all, of one user's or of everybody's, in one version or in
    /// whichever is live; none where too many listen. The stream ends for a listener that falls
    /// behind.
    ///
    /// - Returns: the version that it begins with, and the news.
    func listen(
        to trip: TripID?, for user: String? = nil, of version: Version? = nil
    ) -> (version: Version, news: AsyncStream<News>)? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: News.self, bufferingPolicy: .bufferingOldest(Self.queueLimit))
        let listener: (number: UInt64, version: Version)? = state.withLock { state in
            guard state.listeners.count < Self.listenerLimit else { return nil }
            state.lastNumber += 1
            let listener = Listener(
                trip: trip, user: user, version: version ?? state.live, follows: version == nil,
                continuation: continuation)
            state.listeners[state.lastNumber] = listener
            return (state.lastNumber, listener.version)
        }
        guard let listener else { return nil }
        continuation.onTermination = { _ in self.forget(listener.number) }
        return (listener.version, stream)
    }

    /// Tells everybody who listens to the version.
    func tell(_ changes: [Change], of version: Version) {
        guard !changes.isEmpty else { return }
        for listener in state.withLock({ $0.listeners }).values where listener.version == version {
            listener.tell(changes.lazy.filter(listener.hears).map { .change($0) })
        }
    }

    /// The trips to which somebody listens who follows what is live.
    var followedTrips: Set<TripID> {
        Set(state.withLock { $0.listeners.values.filter(\.follows).compactMap(\.trip) })
    }

    /// Another version is live: those who follow are told so, and of changes that they have missed.
    func turn(to version: Version, telling changes: [Change]) {
        let followers: [Listener] = state.withLock { state in
            state.live = version
            for number in state.listeners.keys where state.listeners[number]?.follows == true {
                state.listeners[number]?.version = version
            }
            return state.listeners.values.filter(\.follows)
        }
        for listener in followers {
            listener.tell([.version(version)])
            listener.tell(changes.lazy.filter(listener.hears).map { .change($0) })
        }
    }

    /// Ends what is told of one version alone.
    func end(_ version: Version) {
        let listeners = state.withLock { $0.listeners.values }
        for listener in listeners where listener.version == version && !listener.follows {
            listener.continuation.finish()
        }
    }

    /// Gives everybody a sign of life where the last one is long ago: what keeps a connection open,
    /// and shows that the other end has gone.
    func beat(every interval: Duration) {
        let listeners: [UInt64: Listener] = state.withLock { state in
            guard .now - state.lastBeat >= interval else { return [:] }
            state.lastBeat = .now
            return state.listeners
        }
        for listener in listeners.values { listener.continuation.yield(.beat) }
    }

    /// Ends every stream.
    func close() {
        for listener in state.withLock({ $0.listeners }).values { listener.continuation.finish() }
    }

    private func forget(_ number: UInt64) {
        // The listener itself dies outside of the lock.
        _ = state.withLock { $0.listeners.removeValue(forKey: number) }
    }
}
