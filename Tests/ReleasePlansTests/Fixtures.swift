import EventLog
import ReleasePlans
import Topics

/// The version of that number.
func version(_ number: Int) -> Version { Version(number)! }

/// One record of a history to be: what it says, and whether it follows the last that counts.
struct Step {
    var release = Tacho_V1_Release()
    /// What it says it follows; nil follows the last one that counts.
    var follows: Int64?
    /// Bytes in place of a release.
    var bytes: [UInt8]?

    init(_ step: Tacho_V1_ReleaseStep, _ number: UInt32, rules: String = "default") {
        release.version = number
        release.step = step
        release.rulesName = rules
        release.rulesVersion = 1
        release.rulesHash = "hash of \(rules)"
        release.resultsRevision = 1
        release.by = "somebody"
    }

    static func staged(
        _ number: UInt32, rules: String = "strict", slot: String = "", pace: UInt32 = 0,
        base: UInt32 = 0
    ) -> Step {
        var step = Step(.staged, number, rules: rules)
        step.release.slot = slot
        step.release.base = base
        if pace > 0 { step.release.pace.uploadsPerSecond = pace }
        return step
    }

    static func promoted(_ number: UInt32) -> Step { Step(.promoted, number) }
    static func rolledBack(_ number: UInt32) -> Step { Step(.rolledBack, number) }
    static func retired(_ number: UInt32) -> Step { Step(.retired, number) }

    static func checked(
        _ number: UInt32, _ gate: String, passed: Bool = true, figure: String = ""
    ) -> Step {
        var step = Step(.checked, number)
        step.release.gate.name = gate
        step.release.gate.passed = passed
        step.release.gate.figure = figure
        return step
    }

    static func paced(_ number: UInt32, paused: Bool, rate: UInt32 = 0) -> Step {
        var step = Step(.paced, number)
        step.release.pace.paused = paused
        step.release.pace.uploadsPerSecond = rate
        return step
    }

    /// The same, following a record that it names itself.
    func following(_ offset: Int64) -> Step {
        var step = self
        step.follows = offset
        return step
    }

    /// A record that is no release.
    static var garbage: Step {
        var step = Step(.promoted, 0)
        step.bytes = [0xff, 0xff, 0xff]
        return step
    }
}

/// The history of these records, at offsets from 0 on, the n-th at second n.
func history(_ steps: Step...) -> ReleaseHistory { history(steps) }

/// The history of these records, at offsets from 0 on, the n-th at second n.
func history(_ steps: [Step]) -> ReleaseHistory {
    var history = ReleaseHistory()
    for (offset, step) in steps.enumerated() {
        var release = step.release
        release.follows = step.follows ?? history.last
        release.id = "id\(offset)"
        let record = Topics.releases.record(partition: 0, key: "release", value: release)
        history.take(
            Record(
                position: Position(record.topicPartition, offset: Int64(offset)),
                timestampMilliseconds: Int64(offset) * 1_000, key: record.key,
                value: step.bytes ?? record.value, headers: []))
    }
    return history
}

/// What a candidate by these rules is to be.
func request(_ rules: String = "strict") -> StageRequest {
    StageRequest(
        rulesName: rules, rulesVersion: 1, rulesHash: "hash of \(rules)", rules: .init(),
        resultsRevision: 1)
}

/// What is refused, or nil where the plan is made.
func refusal(_ body: () throws(ReleaseRefusal) -> Void) -> ReleaseRefusal? {
    do throws(ReleaseRefusal) {
        try body()
        return nil
    } catch {
        return error
    }
}
