import EmbeddedLog
import EventLog
import Foundation
import ReleasePlans
import Releases
import Topics

/// A step of a release as `--json` tells it.
struct StepReport: Encodable {
    struct Switch: Encodable {
        var reader: String
        var url: String
        /// From the record until the reader answered from the version; nothing where it did not.
        var seconds: Double?
    }

    var step: String
    var version: Int
    /// The version that was live before, where the step changes that.
    var from: Int?
    var slot: String?
    var plan: [String]
    var notes: [String]
    var isExecuted = false
    /// Where the record lies, once it is written.
    var offset: Int64?
    var gates: [GateOutcome] = []
    var readers: [Switch] = []

    init(_ plan: any StepPlan) {
        step = plan.record.stepWord
        version = plan.number
        self.plan = plan.lines
        notes = plan.warnings
    }
}

extension ReleaseDesk {
    /// How often the log is looked at where something is waited for.
    static let lookInterval = Duration.milliseconds(20)

    /// Whether a version could take over now: its scorers are close behind the uploads, and every
    /// reader serves it. Waits for it within a limit.
    mutating func readiness(
        of version: ReleasedVersion, within limit: Duration, readers minimum: Int
    ) async throws -> [GateOutcome] {
        let deadline = ContinuousClock.now + limit
        var watch = ProgressWatch(of: version, on: log)
        while true {
            let standing = try await watch.look(now: systemMilliseconds())
            let serving = ReadersGate.serving(
                version.version, by: try await readers(), minimum: minimum)
            let gates = [
                GateOutcome(
                    name: "caught up", passed: standing.isClose, figure: standing.figure),
                GateOutcome(name: "readers", passed: serving.isPassed, figure: serving.figure),
            ]
            if gates.allSatisfy(\.passed) || .now >= deadline { return gates }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Waits until every reader that is there answers from the version by this record.
    ///
    /// - Returns: how it went, and how long each reader took.
    mutating func settle(
        _ entry: ReleaseHistory.Entry, on version: Version, within limit: Duration,
        readers minimum: Int
    ) async throws -> (gate: GateOutcome, readers: [StepReport.Switch]) {
        let deadline = ContinuousClock.now + limit
        var took: [String: Double] = [:]
        while true {
            let known = try await knownReaders()
            for reader in known
            where took[reader.instance] == nil
                && ReadersGate.isSwitched(reader.state, to: version, by: entry.offset)
            {
                let milliseconds = max(0, reader.timeMilliseconds - entry.timeMilliseconds)
                took[reader.instance] = Double(milliseconds) / 1_000
            }
            let gate = ReadersGate.switched(
                to: version, by: entry.offset, known.map(\.state), minimum: minimum)
            if gate.isPassed || .now >= deadline {
                let switches = known.map { reader in
                    StepReport.Switch(
                        reader: reader.instance, url: reader.state.url,
                        seconds: took[reader.instance])
                }
                return (
                    GateOutcome(name: "switched", passed: gate.isPassed, figure: gate.figure),
                    switches
                )
            }
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    /// Tells how long each reader took.
    func say(_ switches: [StepReport.Switch]) {
        for reader in switches {
            let took = reader.seconds.map { String(format: "%.3f s", $0) } ?? "not yet"
            say("  reader \(reader.reader): \(took)")
        }
    }
}

extension Standing {
    /// Lag below which a version may take over, in seconds.
    static let closeSeconds = AwaitGate.Limits().lagSeconds

    /// Whether the version may take over now.
    var isClose: Bool { lagSeconds < Self.closeSeconds && unseeded.isEmpty && members > 0 }

    /// How far it is, in words.
    var figure: String {
        var words = ["\(left) uploads left", String(format: "lag %.1f s", lagSeconds)]
        if members == 0 { words.append("nobody scores it") }
        if !unseeded.isEmpty { words.append("\(unseeded.count) partitions to take over") }
        return words.joined(separator: ", ")
    }
}
