public import Topics

/// Where a whole release begins, or goes on that was begun before: all that was done is on the
/// topic.
public enum RunPlan: Equatable, Sendable {
    /// The candidate is still to be staged.
    case stage(StagePlan)
    /// It is there: its gates are tried again, since what they say is of now.
    case candidate(Version)
    /// It is live, and was not seen to do well as such.
    case production(Version)
    /// It is live and did well.
    case done(Version)

    /// - Throws: why there is nothing to run.
    public init(_ request: StageRequest, on history: ReleaseHistory) throws(ReleaseRefusal) {
        guard let live = history.current else { throw .nothingLive }
        let same = request.again ? [] : history.kept.filter(request.isSame)
        if let candidate = same.last(where: { $0.state == .candidate }) {
            self = .candidate(candidate.version)
        } else if request.isSame(as: live), !request.again {
            self = Self.isProven(live) ? .done(live.version) : .production(live.version)
        } else if let standby = same.last {
            let isRolledBack = live.promoted?.release.step == .rolledBack
            if isRolledBack, history.previous == standby.version {
                throw .rolledBack(standby.version)
            }
            throw .sameResults(standby.version, standby.state)
        } else {
            self = .stage(try StagePlan(request, on: history))
        }
    }

    /// Goes on with a version that was staged before.
    ///
    /// - Throws: why there is nothing to run.
    public init(_ named: Version, on history: ReleaseHistory) throws(ReleaseRefusal) {
        let version = try history.kept(named)
        switch version.state {
        case .live: self = Self.isProven(version) ? .done(named) : .production(named)
        case .candidate: self = .candidate(named)
        case .standby, .retired: throw .sameResults(named, version.state)
        }
    }

    /// The version that it is about.
    public var version: Version {
        switch self {
        case .stage(let plan): plan.version
        case .candidate(let version), .production(let version), .done(let version): version
        }
    }

    /// Whether production was seen to do well after it became live; one that never was a
    /// candidate needs no proof.
    private static func isProven(_ live: ReleasedVersion) -> Bool {
        guard let promoted = live.promoted, live.staged.offset != promoted.offset,
            promoted.release.step == .promoted
        else { return true }
        guard let tried = live.gates["production"], tried.offset > promoted.offset else {
            return false
        }
        return tried.release.gate.passed
    }
}
