public import EventLog

/// The windows of every group and partition, filled by looking again and again.
public struct LagWatch: Sendable {
    private let size: Int
    private var windows: [ConsumerGroup: [TopicPartition: LagWindow]] = [:]

    /// Watches with windows of so many samples, 2 or more.
    public init(size: Int = LagWindow.defaultSize) {
        self.size = size
    }

    /// Takes a sample of every group; those that are no more are forgotten.
    public mutating func add(_ groups: [GroupStatus]) {
        var kept: [ConsumerGroup: [TopicPartition: LagWindow]] = [:]
        for status in groups {
            let before = windows[status.group] ?? [:]
            kept[status.group] = [:]
            for (source, partition) in status.lag.partitions {
                var window = before[source] ?? LagWindow(size: size)
                window.add(.init(position: partition.position, lag: partition.records))
                kept[status.group]?[source] = window
            }
        }
        windows = kept
    }

    /// What the samples show of each partition of a group; nil where they are too few to tell.
    public func states(of status: GroupStatus) -> [TopicPartition: LagState?] {
        var states: [TopicPartition: LagState?] = [:]
        for (source, window) in windows[status.group] ?? [:] {
            states[source] = .some(window.state(isHeld: status.isHeld(source)))
        }
        return states
    }

    /// What the samples show of a group.
    public func state(of status: GroupStatus) -> LagState? {
        LagState.ofGroup(states(of: status).values)
    }
}
