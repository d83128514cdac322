import Operations
import Synchronization

/// The last look at the groups, for whoever wants to see it.
final class LagBoard: Sendable {
    /// Groups with the state of each, and when they were looked at in epoch milliseconds.
    struct Look: Sendable {
        var groups: [(status: GroupStatus, state: LagState?)]
        var milliseconds: Int64
    }

    private let look = Mutex<Look?>(nil)

    /// The last look; nil before the first.
    var last: Look? { look.withLock { $0 } }

    /// Takes the next look.
    func show(_ next: Look) { look.withLock { $0 = next } }
}
