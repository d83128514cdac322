import EventLog
import Foundation
import Logging
import ReleasePlans
import Releases
import ServiceLifecycle
import Synchronization

/// Follows the `releases` topic, and tells whoever asked of each history that comes of it.
final class ReleaseFollower: Service {
    private struct State {
        var history: ReleaseHistory
        var listeners: [AsyncStream<ReleaseHistory>.Continuation] = []
    }

    private let log: ReleaseLog
    private let state: Mutex<State>
    /// How long one read waits for the next record.
    private static let readWait = Duration.seconds(1)
    private static let retryWait = Duration.milliseconds(200)

    init(_ log: any EventLog, from history: ReleaseHistory) {
        self.log = ReleaseLog(log)
        state = Mutex(State(history: history))
    }

    /// The last history read.
    var history: ReleaseHistory { state.withLock { $0.history } }

    /// The history as it is, and then each new one; only the newest is kept for a slow listener.
    func histories() -> AsyncStream<ReleaseHistory> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ReleaseHistory.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            continuation.yield(state.history)
            state.listeners.append(continuation)
        }
        return stream
    }

    func run() async throws {
        let logger = Logger(label: "tacho.releases")
        await cancelWhenGracefulShutdown {
            var history = self.history
            while !Task.isCancelled {
                do {
                    guard try await self.log.follow(&history, wait: Self.readWait) else { continue }
                    self.state.withLock { state in
                        state.history = history
                        for listener in state.listeners { listener.yield(history) }
                    }
                } catch {
                    logger.warning("releases are not known", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: Self.retryWait)
                }
            }
        }
    }
}
