import EmbeddedLog
import EventLog
import Logging
import Metrics
import Operations
import ReleasePlans
import ServiceLifecycle
import Topics

/// Keeps the metrics of lag, of its states and of the live version true.
struct LagMeter: Service {
    let log: any EventLog
    let follower: ReleaseFollower
    /// Shows what was looked at last.
    let board: LagBoard
    /// Between two looks; a state is told from ten of them.
    private static let interval = Duration.seconds(5)

    func run() async throws {
        let logger = Logger(label: "tacho.lag")
        await cancelWhenGracefulShutdown {
            var watch = LagWatch()
            while !Task.isCancelled {
                do {
                    let live = follower.history.live ?? .first
                    Gauge(label: "tacho_live_version").record(live.number)
                    let now = systemMilliseconds()
                    let groups = try await GroupStatus.all(on: log, live: live, now: now)
                    watch.add(groups)
                    let states = groups.map { (status: $0, state: watch.state(of: $0)) }
                    for group in states { record(group.status, group.state) }
                    board.show(LagBoard.Look(groups: states, milliseconds: now))
                } catch {
                    logger.warning("lag is not known", metadata: ["error": "\(error)"])
                }
                guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
            }
        }
    }

    private func record(_ status: GroupStatus, _ state: LagState?) {
        let group = ("group", status.group.name)
        for (source, partition) in status.lag.partitions {
            Gauge(
                label: "tacho_group_lag_records",
                dimensions: [
                    group, ("topic", source.topic.rawValue),
                    ("partition", String(source.partition)),
                ]
            ).record(partition.records)
        }
        Gauge(label: "tacho_group_lag_seconds", dimensions: [group]).record(status.lag.seconds)
        Gauge(label: "tacho_group_members", dimensions: [group])
            .record(status.description.members.count)
        // Of the states one is 1; none while the window is too short to tell.
        for known in [LagState.ok, .warn, .err] {
            Gauge(label: "tacho_group_lag_state", dimensions: [group, ("state", known.rawValue)])
                .record(known == state ? 1 : 0)
        }
    }
}
