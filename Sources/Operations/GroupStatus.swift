public import EventLog
public import Topics

/// What the log tells of one group at one time.
public struct GroupStatus: Sendable {
    /// Its state and members; `empty` without members where the log does not know the group.
    public let description: GroupDescription
    /// How far behind it is.
    public let lag: GroupLag

    /// The group.
    public var group: ConsumerGroup { lag.group }

    /// Whether a member has the partition, as far as the log tells; one that tells no partitions
    /// is taken to have all.
    public func isHeld(_ partition: TopicPartition) -> Bool {
        description.members.contains {
            $0.partitions.isEmpty || $0.partitions.contains(partition)
        }
    }

    /// Every group of the installation, by version, scorers first; the cutters last, where phones
    /// send anything.
    ///
    /// - Parameters:
    ///   - live: the version whose scorers are told of even where none ever joined.
    ///   - now: the time, in epoch milliseconds.
    public static func all(
        on log: any EventLog, live: Version, now: Int64
    ) async throws(LogError) -> [GroupStatus] {
        let topics = Set(try await log.topics().map(\.name))
        let scorers = ConsumerGroup.scorers(of: live)
        var found: [ConsumerGroup: GroupDescription] = [
            scorers: GroupDescription(name: scorers.name, state: "empty", members: [])
        ]
        for description in try await log.groups() {
            guard let group = ConsumerGroup(name: description.name) else { continue }
            found[group] = description
        }
        var all: [GroupStatus] = []
        for (group, description) in found.sorted(by: { $0.key < $1.key }) {
            let lag = try await GroupLag(of: group, on: log, topics: topics, now: now)
            all.append(GroupStatus(description: description, lag: lag))
        }
        guard found[.cutters] == nil else { return all }
        // Positions that nobody cuts into trips are told of, also where nobody ever did.
        let lag = try await GroupLag(of: .cutters, on: log, topics: topics, now: now)
        if lag.records > 0 {
            let nobody = GroupDescription(name: Topics.cutterGroup, state: "empty", members: [])
            all.append(GroupStatus(description: nobody, lag: lag))
        }
        return all
    }
}
