public import Topics

/// Slows down, pauses or lets go on the scorers of a candidate.
public struct PacePlan: StepPlan, Equatable {
    /// The version.
    public let version: Version
    /// The record that does it.
    public let record: Tacho_V1_Release
    /// What it does.
    public let lines: [String]
    /// Nothing that is to be known before.
    public var warnings: [String] { [] }

    /// - Parameters:
    ///   - named: the version; nil takes the one candidate.
    ///   - uploadsPerSecond: of each scorer, 0 without a limit; nil leaves it as it is.
    public init(
        _ named: Version?, isPaused: Bool, uploadsPerSecond: UInt32? = nil,
        on history: ReleaseHistory
    ) throws(ReleaseRefusal) {
        let version = try history.candidate(named)
        var pace = version.pace
        pace.paused = isPaused
        pace.uploadsPerSecond = uploadsPerSecond ?? pace.uploadsPerSecond
        guard version.state == .candidate else { throw .keepsNoPace(version.version) }
        guard pace != version.pace else { throw .sameSpeed(version.version) }
        self.version = version.version
        var record = version.record(.paced)
        record.pace = pace
        self.record = record
        let rate =
            pace.uploadsPerSecond == 0
            ? "as fast as they can"
            : "at most \(pace.uploadsPerSecond) uploads a second each"
        lines = [
            isPaused
                ? "pause the scorers of version \(version.version.number)"
                : "let the scorers of version \(version.version.number) score \(rate)"
        ]
    }
}
