import Synchronization
import Topics

/// Long runs, one a version, that begin and end by themselves; whoever began them is told of ends.
final class VersionRuns: Sendable {
    /// A run is over: by an error, or because it was told to end.
    struct End: Sendable {
        var version: Version
        var error: (any Error)?
    }

    private let tasks = Mutex<[Version: Task<Void, Never>]>([:])

    /// The versions that run.
    var versions: Set<Version> { tasks.withLock { Set($0.keys) } }

    /// Begins a run, where the version has none.
    func begin(
        _ version: Version, _ body: @escaping @Sendable () async throws -> Void,
        ended: @escaping @Sendable (End) -> Void
    ) {
        tasks.withLock { tasks in
            guard tasks[version] == nil else { return }
            tasks[version] = Task {
                var failure: (any Error)?
                do { try await body() } catch { failure = error }
                self.tasks.withLock { $0[version] = nil }
                ended(End(version: version, error: Task.isCancelled ? nil : failure))
            }
        }
    }

    /// Ends a run, and returns once it is over.
    func end(_ version: Version) async {
        guard let task = tasks.withLock({ $0[version] }) else { return }
        task.cancel()
        await task.value
    }

    /// Ends all.
    func endAll() async {
        let running = tasks.withLock { Array($0.values) }
        for task in running { task.cancel() }
        for task in running { await task.value }
    }
}
