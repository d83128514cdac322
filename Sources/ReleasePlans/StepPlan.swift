public import Topics

/// A step of a release that can be taken: what it would do, and the record that does it.
public protocol StepPlan: Sendable {
    /// The record, without who, when and why.
    var record: Tacho_V1_Release { get }
    /// What it does, a line each.
    var lines: [String] { get }
    /// What the operator should know before, a line each.
    var warnings: [String] { get }
}

extension StepPlan {
    /// The version that the step is about.
    public var number: Int { Int(record.version) }
}

extension ReleasedVersion {
    /// A record about this version, with its rules: those who read of one version alone know by
    /// what it scores.
    public func record(_ step: Tacho_V1_ReleaseStep) -> Tacho_V1_Release {
        var record = Tacho_V1_Release()
        record.version = UInt32(version.number)
        record.step = step
        record.rulesName = staged.release.rulesName
        record.rulesVersion = staged.release.rulesVersion
        record.rulesHash = staged.release.rulesHash
        record.resultsRevision = staged.release.resultsRevision
        if staged.release.hasRules { record.rules = staged.release.rules }
        return record
    }

    /// The record that tells how a gate was passed, or was not.
    public func check(_ gate: String, passed: Bool, figure: String) -> Tacho_V1_Release {
        var record = record(.checked)
        record.gate.name = gate
        record.gate.passed = passed
        record.gate.figure = figure
        return record
    }

    /// The rules as messages tell them.
    public var rulesTitle: String { staged.release.rulesTitle }
}

extension Tacho_V1_Release {
    /// The rules' name, version and hash, as messages tell them.
    public var rulesTitle: String { "\(rulesName) version \(rulesVersion) (\(rulesHash))" }

    /// Whether it leaves every version as it is: it tells of a gate, or of a pace.
    public var isNote: Bool { step == .checked || step == .paced }
}

extension ReleaseHistory {
    /// The record of somebody else that a step comes too late for, where there is one.
    ///
    /// A step goes by the whole of what was there when it was decided; a note goes by its version
    /// alone, and by which one is live.
    ///
    /// - Parameter count: records that were there when it was decided.
    public func conflict(since count: Int, with release: Tacho_V1_Release) -> Entry? {
        entries.dropFirst(count).first { entry in
            guard entry.void == nil, !entry.release.isNote else { return false }
            guard release.isNote else { return true }
            return entry.release.step == .promoted || entry.release.step == .rolledBack
                || entry.release.step == .retired && entry.release.version == release.version
        }
    }

    /// The version that is live.
    public var current: ReleasedVersion? { live.flatMap { versions[$0] } }

    /// A version that is kept.
    public func kept(_ version: Version) throws(ReleaseRefusal) -> ReleasedVersion {
        guard let found = versions[version] else { throw .notStaged(version) }
        guard found.isKept else { throw .retired(version) }
        return found
    }

    /// The version named, or the one candidate there is where none is named.
    public func candidate(_ named: Version?) throws(ReleaseRefusal) -> ReleasedVersion {
        if let named { return try kept(named) }
        let candidates = candidates
        guard let only = candidates.first else { throw .noCandidate }
        guard candidates.count == 1 else { throw .ambiguous(candidates.map(\.version)) }
        return only
    }
}
