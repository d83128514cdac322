public import Topics

/// Lets a version go: nothing scores or serves it any more.
public struct RetirePlan: StepPlan, Equatable {
    /// The version.
    public let version: Version
    /// The record that does it.
    public let record: Tacho_V1_Release
    /// What it does.
    public let lines: [String]
    /// What to know before.
    public let warnings: [String]

    /// - Parameter named: the version; nil takes the only one that is kept and not live.
    public init(_ named: Version?, on history: ReleaseHistory) throws(ReleaseRefusal) {
        guard let live = history.live else { throw .nothingLive }
        let version: ReleasedVersion
        if let named {
            version = try history.kept(named)
        } else {
            let others = history.kept.filter { $0.version != live }
            guard let only = others.first else { throw .live(live) }
            guard others.count == 1 else { throw .ambiguous(others.map(\.version)) }
            version = only
        }
        guard version.version != live else { throw .live(live) }
        self.version = version.version
        record = version.record(.retired)
        lines = [
            version.state == .candidate
                ? "abandon candidate \(version.version.number)"
                : "retire version \(version.version.number)",
            "  its scorers and readers stop and remove their files; its topics stay",
        ]
        var warnings = history.candidates.filter { $0.base == version.version }.map {
            "candidate \($0.version.number) takes over from it, and waits for ever if it has not yet"
        }
        if history.previous == version.version {
            let after = history.kept.filter {
                $0.version != version.version && $0.version != live && $0.promoted != nil
            }
            warnings.append(
                "a rollback would go to this version"
                    + (after.isEmpty ? ": there is none to go back to after it" : ""))
        }
        self.warnings = warnings
    }
}
