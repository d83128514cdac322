internal import EventLog
public import Topics

/// What a candidate is to be.
public struct StageRequest: Equatable, Sendable {
    /// The rules' name, as people know it.
    public var rulesName: String
    /// The rules' own version.
    public var rulesVersion: UInt32
    /// The hash of the rules with the build's results.
    public var rulesHash: String
    /// The rules whole.
    public var rules: Tacho_V1_RuleParameters
    /// Of the build whose results it is.
    public var resultsRevision: UInt32
    /// The deployment that it goes to; nil takes the one that is not production.
    public var slot: String?
    /// Uploads a second of each of its scorers, 0 without a limit.
    public var uploadsPerSecond: UInt32 = 0
    /// Where its scorers begin, a partition; empty: at the first upload kept.
    public var starts: [Int: Int64] = [:]
    /// The version from which it takes over what ended before its starts.
    public var base: Version?
    /// Whether it is staged even where a version that is kept gives the same results.
    public var again = false

    /// A candidate from the first upload on.
    public init(
        rulesName: String, rulesVersion: UInt32, rulesHash: String,
        rules: Tacho_V1_RuleParameters, resultsRevision: UInt32
    ) {
        self.rulesName = rulesName
        self.rulesVersion = rulesVersion
        self.rulesHash = rulesHash
        self.rules = rules
        self.resultsRevision = resultsRevision
    }

    /// Whether a version that is there gives the same results.
    public func isSame(as version: ReleasedVersion) -> Bool {
        let staged = version.staged.release
        return staged.rulesHash == rulesHash && staged.resultsRevision == resultsRevision
            && version.starts == starts && version.base == base
    }
}

/// Registers a candidate.
public struct StagePlan: StepPlan, Equatable {
    /// The number that it gets.
    public let version: Version
    /// The deployment that it goes to.
    public let slot: String
    /// The record that does it.
    public let record: Tacho_V1_Release
    /// What it does.
    public let lines: [String]
    /// What to know before.
    public let warnings: [String]

    /// - Throws: why there is nothing to stage.
    public init(_ request: StageRequest, on history: ReleaseHistory) throws(ReleaseRefusal) {
        guard let live = history.current else { throw .nothingLive }
        if !request.again, let same = history.kept.first(where: request.isSame) {
            throw .sameResults(same.version, same.state)
        }
        guard let version = history.nextVersion else { throw .noNumberLeft }
        let slot = request.slot ?? Slots(history).staging
        guard Slots.colors.contains(slot) else { throw .noSuchSlot(slot) }
        self.version = version
        self.slot = slot
        record = Self.record(of: request, version, slot)
        lines = Self.lines(of: request, version, slot)
        warnings = Self.warnings(slot, live, history)
    }

    private static func record(
        of request: StageRequest, _ version: Version, _ slot: String
    ) -> Tacho_V1_Release {
        var record = Tacho_V1_Release()
        record.version = UInt32(version.number)
        record.step = .staged
        record.rulesName = request.rulesName
        record.rulesVersion = request.rulesVersion
        record.rulesHash = request.rulesHash
        record.rules = request.rules
        record.resultsRevision = request.resultsRevision
        record.slot = slot
        if request.uploadsPerSecond > 0 {
            record.pace.uploadsPerSecond = request.uploadsPerSecond
        }
        record.starts = request.starts.sorted { $0.key < $1.key }.map { partition, offset in
            var start = Tacho_V1_StartOffset()
            start.partition = UInt32(partition)
            start.offset = offset
            return start
        }
        record.base = UInt32(request.base?.number ?? 0)
        return record
    }

    private static func lines(
        of request: StageRequest, _ version: Version, _ slot: String
    ) -> [String] {
        var lines = [
            "stage version \(version.number) in slot \(slot)",
            "  rules \(request.rulesName) version \(request.rulesVersion) (\(request.rulesHash)), "
                + "results revision \(request.resultsRevision)",
        ]
        if request.starts.isEmpty {
            lines.append("  scores every upload that is kept")
        } else {
            let base = request.base.map { ", the rest as version \($0.number) has it" } ?? ""
            lines.append("  scores from a start in \(request.starts.count) partitions on\(base)")
        }
        if request.uploadsPerSecond > 0 {
            lines.append("  at most \(request.uploadsPerSecond) uploads a second of each scorer")
        }
        let topics = Topics.derived(version, partitions: 1).map(\.name.rawValue)
        lines.append("  makes the topics \(topics.joined(separator: ", "))")
        lines.append("  group \(version.scorerGroup)")
        return lines
    }

    private static func warnings(
        _ slot: String, _ live: ReleasedVersion, _ history: ReleaseHistory
    ) -> [String] {
        let there = history.kept.filter { $0.slot == slot }
        return there.map { other in
            let what = other.version == live.version ? "live" : other.state.rawValue
            return "version \(other.version.number) (\(what)) is in slot \(slot) as well: "
                + "a deployment of the slot scores the newer one alone"
        }
    }
}
