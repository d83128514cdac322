/// What a log could not do.
public enum LogError: Error, Equatable, Sendable {
    /// The log is away for now (disk full, broker down, I/O error): the call was not done, or its
    /// answer was lost on the way; the same call may succeed later.
    case unavailable(reason: String)
    /// Too much waits to be appended: nothing of the call was done; try again later.
    case queueFull(limit: Int)
    /// Another member has taken over the group: this one must stop and throw its state away.
    case fenced(group: String)
    /// Another member, alive, holds the group, and this engine allows one a group.
    case groupTaken(group: String, holder: String)
    /// No such topic or partition.
    case unknownPartition(TopicPartition)
    /// A topic exists with other partitions than those asked for.
    case partitionsDiffer(topic: TopicName, has: Int, wanted: Int)
    /// A record's key, value and headers together are larger than the log takes.
    case recordTooLarge(bytes: Int, limit: Int)
    /// The offset asked for is no longer, or not yet, there.
    case offsetOutOfRange(Position, available: Range<Int64>)
    /// The store cannot be used as it is; the text says why and what to do.
    case unusable(reason: String)
}

extension LogError: CustomStringConvertible {
    /// In words, for logs and messages.
    public var description: String {
        switch self {
        case .unavailable(let reason), .unusable(let reason): reason
        case .queueFull(let limit): "more than \(limit) records wait to be appended"
        case .fenced(let group): "another session has taken over the group \(group)"
        case .groupTaken(let group, let holder): "\(holder) has the group \(group)"
        case .unknownPartition(let partition): "there is no partition \(partition)"
        case .partitionsDiffer(let topic, let has, let wanted):
            "topic \(topic) has \(has) partitions, not \(wanted)"
        case .recordTooLarge(let bytes, let limit):
            "a record of \(bytes) bytes is too large; the limit is \(limit)"
        case .offsetOutOfRange(let position, let available):
            "\(position) is not there; available are offsets \(available.lowerBound) to "
                + "\(available.upperBound)"
        }
    }
}
