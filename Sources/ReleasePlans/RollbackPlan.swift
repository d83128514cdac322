public import Topics

/// Makes a version live again.
public struct RollbackPlan: StepPlan, Equatable {
    /// The version that is live again then.
    public let version: Version
    /// The one that is live until then.
    public let from: Version
    /// The record that does it.
    public let record: Tacho_V1_Release
    /// What it does.
    public let lines: [String]
    /// Nothing that is to be known before.
    public var warnings: [String] { [] }

    /// - Parameter named: the version to go back to; nil takes the one that was live before.
    public init(to named: Version? = nil, on history: ReleaseHistory) throws(ReleaseRefusal) {
        guard let live = history.current else { throw .nothingLive }
        let version: ReleasedVersion
        if let named {
            version = try history.kept(named)
            guard named != live.version else { throw .live(named) }
            guard version.promoted != nil else { throw .neverLive(named) }
        } else {
            guard let previous = history.previous, let found = history.versions[previous] else {
                throw .noPrevious(live: live.version)
            }
            // Said twice, it must not bring back what was gone back from.
            guard live.promoted?.release.step != .rolledBack else {
                throw .wentBackAlready(live: live.version, from: previous)
            }
            version = found
        }
        self.version = version.version
        from = live.version
        record = version.record(.rolledBack)
        lines = [
            "roll back from version \(live.version.number) to \(version.version.number), "
                + "by rules \(version.rulesTitle)",
            "  version \(live.version.number) stays as it is",
        ]
    }
}
