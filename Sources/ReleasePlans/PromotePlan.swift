public import Topics

/// Makes a version live.
public struct PromotePlan: StepPlan, Equatable {
    /// The version.
    public let version: Version
    /// The one that is live until then.
    public let from: Version
    /// The record that does it.
    public let record: Tacho_V1_Release
    /// What it does.
    public let lines: [String]
    /// What to know before.
    public let warnings: [String]

    /// Gates that come before a promotion.
    public static let gates = ["await", "diff", "smoke"]

    /// - Parameters:
    ///   - named: the version; nil takes the one candidate.
    ///   - unseeded: partitions in which it has not taken over what it begins with.
    ///   - isForced: whether a gate that failed is passed over.
    public init(
        _ named: Version?, on history: ReleaseHistory, unseeded: [Int] = [], isForced: Bool = false
    ) throws(ReleaseRefusal) {
        guard let live = history.current else { throw .nothingLive }
        let version = try history.candidate(named)
        guard version.version != live.version else { throw .live(version.version) }
        guard unseeded.isEmpty else {
            throw .notWhole(version.version, partitions: unseeded)
        }
        guard version.state != .candidate || !version.pace.paused else {
            throw .paused(version.version)
        }
        var warnings: [String] = []
        if version.state == .candidate {
            for gate in Self.gates {
                guard let tried = version.gates[gate]?.release.gate else {
                    warnings.append("\(gate) was not tried")
                    continue
                }
                guard !tried.passed else { continue }
                guard isForced else {
                    throw .gateFailed(version.version, gate: gate, figure: tried.figure)
                }
                warnings.append("\(gate) did not pass: \(tried.figure)")
            }
        }
        self.version = version.version
        from = live.version
        record = version.record(.promoted)
        self.warnings = warnings
        lines = [
            "promote version \(version.version.number), by rules \(version.rulesTitle)",
            "  version \(live.version.number) stays, to go back to",
        ]
    }
}
