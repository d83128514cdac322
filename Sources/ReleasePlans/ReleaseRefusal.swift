public import Topics

/// Why a step of a release cannot be taken.
public enum ReleaseRefusal: Error, Equatable, Sendable {
    /// Nothing was ever released.
    case nothingLive
    /// A version that is kept gives the same results.
    case sameResults(Version, ReleasedVersion.State)
    /// The same results were live already, and were gone back from.
    case rolledBack(Version)
    /// There is no number left for another version.
    case noNumberLeft
    /// A deployment is blue or green.
    case noSuchSlot(String)
    /// There is no such version.
    case notStaged(Version)
    /// The version is retired.
    case retired(Version)
    /// The version is live already.
    case live(Version)
    /// There is no candidate.
    case noCandidate
    /// More than one version may be meant.
    case ambiguous([Version])
    /// There is no version to go back to.
    case noPrevious(live: Version)
    /// The live version is so by going back already.
    case wentBackAlready(live: Version, from: Version)
    /// One cannot go back to a version that was never live.
    case neverLive(Version)
    /// The last try of a gate failed.
    case gateFailed(Version, gate: String, figure: String)
    /// The version's scorers stand still as they were told to.
    case paused(Version)
    /// Partitions in which the version has not taken over what it begins with.
    case notWhole(Version, partitions: [Int])
    /// The pace is as it is asked for.
    case sameSpeed(Version)
    /// A version that is or was live is neither paused nor slowed down.
    case keepsNoPace(Version)
}

extension ReleaseRefusal: CustomStringConvertible {
    /// In words that say what to do.
    public var description: String {
        switch self {
        case .nothingLive: "nothing was ever released here: start `tacho up` first"
        case .sameResults(let version, .live):
            "version \(version.number) is live and gives the same results: nothing to release"
        case .sameResults(let version, .candidate):
            "version \(version.number) is a candidate of the same results: go on with it"
        case .sameResults(let version, let state):
            "version \(version.number) (\(state.rawValue)) gives the same results: "
                + "promote it or roll back to it"
        case .rolledBack(let version):
            "version \(version.number) gives the same results and was rolled back: "
                + "promote it by hand, or retire it first"
        case .noNumberLeft: "there is no number left for another version"
        case .noSuchSlot(let slot): "there is no slot \"\(slot)\"; there are blue and green"
        case .notStaged(let version): "there is no version \(version.number)"
        case .retired(let version): "version \(version.number) is retired"
        case .live(let version): "version \(version.number) is live"
        case .noCandidate: "there is no candidate: `tacho release stage` makes one"
        case .ambiguous(let versions):
            "say which version: there are " + Self.list(versions.map(\.number))
        case .noPrevious(let live):
            "there is no version to go back to: of those that were live, "
                + "only \(live.number) is kept"
        case .wentBackAlready(let live, let from):
            "version \(live.number) is live since version \(from.number) was rolled back: "
                + "`promote \(from.number)` takes that one again, `rollback --to` an older one"
        case .neverLive(let version):
            "version \(version.number) was never live: promote it instead"
        case .gateFailed(let version, let gate, let figure):
            "version \(version.number) did not pass \(gate) when it was last tried (\(figure)): "
                + "try it again, or promote with --force"
        case .paused(let version):
            "version \(version.number) is paused: `tacho release resume \(version.number)` first"
        case .notWhole(let version, let partitions):
            "version \(version.number) has not yet taken over what it begins with in "
                + "partitions " + Self.list(partitions)
        case .sameSpeed(let version): "version \(version.number) keeps that pace already"
        case .keepsNoPace(let version):
            "version \(version.number) is or was live: its scorers go without limit"
        }
    }

    private static func list(_ numbers: [Int]) -> String {
        let first = numbers.prefix(12).map { "\($0)" }.joined(separator: ", ")
        return numbers.count > 12 ? "\(first) and \(numbers.count - 12) more" : first
    }
}
