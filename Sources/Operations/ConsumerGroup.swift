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
        /// They cut what phones send into trips, for all versions.
        case cutter
    }

    /// The version that it serves; nil where it serves all.
    public let version: Version?
    /// What its members do.
    public let role: Role

    /// The group of a version's scorers.
    public static func scorers(of version: Version) -> ConsumerGroup {
        ConsumerGroup(version: version, role: .scorer)
    }

    /// The group of the cutters.
    public static let cutters = ConsumerGroup(version: nil, role: .cutter)

    private init(version: Version?, role: Role) {
        self.version = version
        self.role = role
    }

    /// Reads `scorer.vN`, `reader.vN.INSTANCE` and `cutter`; nil for anything else.
    public init?(name: String) {
        if name == Topics.cutterGroup {
            self = .cutters
            return
        }
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
        switch (role, version) {
        case (.scorer, let version?): version.scorerGroup
        case (.reader(let instance), let version?): version.readerGroup(instance: instance)
        default: Topics.cutterGroup
        }
    }

    /// The topics that it follows.
    public var topics: [TopicName] {
        switch (role, version) {
        case (.scorer, _): [Topics.tripUploads.name]
        case (.reader, let version?):
            [Topics.tripUploads.name, Topics.users.name, Topics.tripScores(version).name]
        default: [Topics.devicePoints.name]
        }
    }

    /// By version, scorers first; those that serve all versions last.
    public static func < (a: ConsumerGroup, b: ConsumerGroup) -> Bool {
        (a.version?.number ?? .max, a.role == .scorer ? 0 : 1, a.name)
            < (b.version?.number ?? .max, b.role == .scorer ? 0 : 1, b.name)
    }
}
