/// Why a change of a setting may cost data, or somebody's trust in it.
public enum SettingDanger: String, Sendable, CaseIterable {
    /// Records go sooner than they do.
    case lessRetention
    /// Records go by another rule.
    case otherCleanup
    /// Deletions of keys are forgotten sooner.
    case lessRetentionOfDeletions
    /// What was acknowledged may be on fewer replicas.
    case fewerReplicasInSync
    /// Records that were taken are taken no more.
    case smallerRecords
    /// A replica that was behind may lead.
    case uncleanLeaders
    /// The time of a record means something else.
    case otherTime
    /// It cannot be taken back.
    case irrevocable
    /// Nobody knows here what it does.
    case unknownSetting

    /// What a change would cost; nil where it costs nothing.
    ///
    /// - Parameter has: the value in force; nil where the cluster does not tell it.
    init?(of name: String, from has: String?, to wanted: String) {
        let danger: SettingDanger?
        switch name {
        case TopicSetting.cleanup: danger = .otherCleanup
        case TopicSetting.retention, TopicSetting.retainedBytes:
            danger = Self.isLess(wanted, than: has, isEndlessBelowZero: true) ? .lessRetention : nil
        case "delete.retention.ms":
            danger = Self.isLess(wanted, than: has) ? .lessRetentionOfDeletions : nil
        case TopicSetting.replicasInSync:
            // One is the least there is, and what a cluster has that does not tell.
            danger = Self.isLess(wanted, than: has ?? "1") ? .fewerReplicasInSync : nil
        case "max.message.bytes": danger = Self.isLess(wanted, than: has) ? .smallerRecords : nil
        case "unclean.leader.election.enable":
            danger = wanted.lowercased() == "true" ? .uncleanLeaders : nil
        case "message.timestamp.type", "message.timestamp.difference.max.ms",
            "message.timestamp.before.max.ms", "message.timestamp.after.max.ms":
            danger = .otherTime
        case "remote.storage.enable", "remote.log.delete.on.disable": danger = .irrevocable
        default: danger = Self.harmless.contains(name) ? nil : .unknownSetting
        }
        guard let danger else { return nil }
        self = danger
    }

    /// What it would mean, in words.
    public var consequence: String {
        switch self {
        case .lessRetention: "older records go, and what is gone cannot be replayed"
        case .otherCleanup: "records go by another rule, and what is gone cannot be replayed"
        case .lessRetentionOfDeletions: "a reader that was away for longer misses deletions"
        case .fewerReplicasInSync: "an acknowledged record may be on fewer replicas, and be lost"
        case .smallerRecords: "larger records, taken so far, are refused"
        case .uncleanLeaders: "acknowledged records may be lost when a broker fails"
        case .otherTime: "times of records, by which lag and replays go, mean something else"
        case .irrevocable: "it cannot be taken back without losing records"
        case .unknownSetting: "what it does is not known here"
        }
    }

    /// Whether a number is below another, or could be.
    private static func isLess(
        _ wanted: String, than has: String?, isEndlessBelowZero: Bool = false
    ) -> Bool {
        func size(_ text: String) -> Int64? {
            Int64(text).map { isEndlessBelowZero && $0 < 0 ? .max : $0 }
        }
        guard let wanted = size(wanted) else { return true }
        guard let has = has.flatMap(size) else { return wanted < .max }
        return wanted < has
    }

    /// Settings of how records lie, not of whether.
    private static let harmless: Set = [
        "compression.type", "compression.gzip.level", "compression.lz4.level",
        "compression.zstd.level", "file.delete.delay.ms", "flush.messages", "flush.ms",
        "follower.replication.throttled.replicas", "index.interval.bytes",
        "leader.replication.throttled.replicas", "local.retention.bytes", "local.retention.ms",
        "max.compaction.lag.ms", "message.downconversion.enable", "min.cleanable.dirty.ratio",
        "min.compaction.lag.ms", "preallocate", "segment.bytes", "segment.index.bytes",
        "segment.jitter.ms", "segment.ms",
    ]
}
