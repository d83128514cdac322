internal import Projection
internal import Synchronization
internal import Trips

/// Those who listen to trips as they change.
final class LiveFeed: Sendable {
    /// Changes that a listener may be behind before it is dropped.
    static let queueLimit = 1_000
    /// Listeners at a time.
    static let listenerLimit = 1_000

    /// A trip as it is now.
    struct Change: Sendable {
        var trip: TripID
        var partition: Int
        var lastUpload: Int64
        /// The trip as JSON; nil for one that is gone.
        var document: [UInt8]?

        init(_ row: TripRow) {
            trip = row.trip
            partition = row.partition
            lastUpload = row.lastUpload
            document = row.status == .deleted ? nil : row.document
        }
    }

    private struct Listener {
        var trip: TripID?
        var continuation: AsyncStream<Change?>.Continuation
    }

    private struct State {
        var listeners: [UInt64: Listener] = [:]
        var lastNumber: UInt64 = 0
        var lastBeat = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// Those who listen.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Changes from now on, of one trip or of all, and nil now and then as a sign of life; no stream
    /// where too many listen. It ends for a listener that falls behind.
    func listen(to trip: TripID?) -> AsyncStream<Change?>? {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Change?.self, bufferingPolicy: .bufferingOldest(Self.queueLimit))
        let number: UInt64? = state.withLock { state in
            guard state.listeners.count < Self.listenerLimit else { return nil }
            state.lastNumber += 1
            state.listeners[state.lastNumber] = Listener(trip: trip, continuation: continuation)
            return state.lastNumber
        }
        guard let number else { return nil }
        continuation.onTermination = { _ in self.forget(number) }
        return stream
    }

    /// Tells everybody.
    func tell(_ changes: [Change]) {
        let listeners = state.withLock { $0.listeners }
        for listener in listeners.values {
            for change in changes where listener.trip == nil || listener.trip == change.trip {
                if case .dropped = listener.continuation.yield(change) {
                    listener.continuation.finish()
                    break
                }
            }
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
        for listener in listeners.values { listener.continuation.yield(nil) }
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
