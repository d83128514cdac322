public import EventLog
public import Topics

/// A consumer group of an installation: who follows which topics for which version.
public struct ConsumerGroup: Hashable, Comparable, Sendable {
    /// What its members do.
    public enum Role: Hashable, Sendable {
        /// They score.
        case scorer
        /// One reader, which keeps its positions itself and mirrors them here.
        case reader(instance: String)
    }

    /// The version that it serves.
    public let version: Version
    /// What its members do.
    public let role: Role

    /// The group of a version's scorers.
    public static func scorers(of version: Version) -> ConsumerGroup {
        ConsumerGroup(version: version, role: .scorer)
    }

    private init(version: Version, role: Role) {
        self.version = version
        self.role = role
    }

    /// Reads `scorer.vN` and `reader.vN.INSTANCE`; nil for anything else.
    public init?(name: String) {
        let words = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, let version = Version(text: words[1]) else { return nil }
        switch (words[0], words.count) {
        case ("scorer", 2): self.init(version: version, role: .scorer)
        case ("reader", 3) where !words[2].isEmpty:
            self.init(version: version, role: .reader(instance: String(words[2])))
        default: return nil
        }
    }

    /// Its name on the log.
    public var name: String {
        switch role {
        case .scorer: version.scorerGroup
        case .reader(let instance): version.readerGroup(instance: instance)
        }
    }

    /// The topics that it follows.
    public var topics: [TopicName] {
        switch role {
        case .scorer: [Topics.tripUploads.name]
        case .reader: [Topics.tripUploads.name, Topics.tripScores(version).name]
        }
    }

    /// By version, scorers first.
    public static func < (a: ConsumerGroup, b: ConsumerGroup) -> Bool {
        (a.version, a.role == .scorer ? 0 : 1, a.name)
            < (b.version, b.role == .scorer ? 0 : 1, b.name)
    }
}
