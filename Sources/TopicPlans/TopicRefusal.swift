public import EventLog

/// Why a plan cannot be applied.
public enum TopicRefusal: Equatable, Sendable {
    /// More partitions would send keys elsewhere.
    case keysWouldMove
    /// A log's partitions never become fewer.
    case neverFewerPartitions
    /// A version's records lie in the partition of their upload: both topics have equally many.
    case partitionsOfSource(TopicName, Int)
    /// There are not brokers enough for so many replicas.
    case tooFewBrokers(Int)
    /// With more replicas in sync than there are, nothing could be appended.
    case tooFewReplicas(Int)
    /// It may cost data, and nobody allowed it.
    case danger(SettingDanger)
}
