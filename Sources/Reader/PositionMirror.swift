internal import EventLog
internal import Logging
internal import Projection
internal import Synchronization
internal import Topics

/// Tells the log from time to time how far a projection is, so that lag tools see it.
///
/// Only a mirror: what counts are the positions in the projection, and one that cannot be noted
/// stops nothing.
final class PositionMirror: Sendable {
    private struct State {
        var noted: [TopicPartition: Int64] = [:]
        var isFailing = false
    }

    private let log: any EventLog
    private let projection: Projection
    private let group: String
    private let interval: Duration
    private let logger: Logger
    private let state = Mutex(State())

    init(
        log: any EventLog, projection: Projection, settings: ProjectorSettings, logger: Logger
    ) {
        self.log = log
        self.projection = projection
        group = projection.version.readerGroup(instance: settings.instance)
        interval = settings.mirrorInterval
        self.logger = logger
    }

    /// Notes the positions now and after each interval in which they changed, until cancelled.
    func run() async {
        while !Task.isCancelled {
            await note()
            guard (try? await Task.sleep(for: interval)) != nil else { return }
        }
    }

    /// Notes the positions once more, also in a task that is cancelled.
    func noteLast() async {
        await Task { await note() }.value
    }

    private func note() async {
        let positions = projection.positions
        guard !positions.isEmpty, state.withLock({ $0.noted != positions }) else { return }
        do {
            try await log.note(positions, readBy: group)
            state.withLock { $0 = State(noted: positions) }
        } catch {
            let isNew = state.withLock { state in
                defer { state.isFailing = true }
                return !state.isFailing
            }
            guard isNew else { return }
            logger.warning(
                "Lag tools do not see where the projector stands.",
                metadata: ["group": "\(group)", "why": "\(error)"])
        }
    }
}
