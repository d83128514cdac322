internal import Synchronization
internal import Trips

/// Whose trips are, as far as is known: an owner never changes, so each is looked up once.
final class TripOwners: Sendable {
    private struct Memory {
        var newer: [TripID: UserID] = [:]
        var older: [TripID: UserID] = [:]
    }

    private let limit: Int
    private let lookUp: @Sendable (TripID) -> UserID?
    private let memory = Mutex(Memory())

    /// Remembers at most `limit` trips.
    init(limit: Int, owner: @escaping @Sendable (TripID) -> UserID?) {
        self.limit = limit
        lookUp = owner
    }

    /// The owner; nil where none is known yet.
    func owner(of trip: TripID) -> UserID? {
        if let known = memory.withLock({ $0.newer[trip] ?? $0.older[trip] }) { return known }
        guard let found = lookUp(trip) else { return nil }
        memory.withLock { memory in
            if memory.newer.count >= max(1, limit / 2) {
                memory.older = memory.newer
                memory.newer = [:]
            }
            memory.newer[trip] = found
        }
        return found
    }
}
