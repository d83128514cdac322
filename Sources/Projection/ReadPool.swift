internal import SQLite
internal import Synchronization

/// Connections for reading. A read never suspends, so there are never more than threads that read.
final class ReadPool: Sendable {
    private struct State {
        var idle: [ReadConnection] = []
        var generation = 0
    }

    private let path: String
    private let idleLimit: Int
    private let state = Mutex(State())

    init(path: String, idleLimit: Int) {
        self.path = path
        self.idleLimit = idleLimit
    }

    /// Runs the body in one transaction: everything in it sees one state.
    func read<T>(_ body: (Connection) throws -> T) throws -> T {
        let (taken, generation) = state.withLock { ($0.idle.popLast(), $0.generation) }
        let reader = try taken ?? ReadConnection(path: path)
        defer {
            state.withLock { state in
                // One of a file that has been replaced since is let go.
                if state.generation == generation, state.idle.count < idleLimit {
                    state.idle.append(reader)
                }
            }
        }
        return try reader.connection.snapshot { try body(reader.connection) }
    }

    /// Lets go of every connection, as the file is another from now on.
    func renew() {
        state.withLock { state in
            state.idle.removeAll()
            state.generation += 1
        }
    }
}

/// A connection that the pool lends to one thread at a time, which is why it may cross threads.
private final class ReadConnection: @unchecked Sendable {
    let connection: Connection

    init(path: String) throws(SQLiteError) {
        connection = try Connection(path: path, mode: .readOnly, synchronous: .normal)
    }
}
