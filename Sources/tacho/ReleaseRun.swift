import EventLog
import Foundation
import ReleasePlans
import Topics

/// One run of a release, from where it begins to its end.
struct ReleaseRun {
    private let plan: RunPlan
    private let options: RunRelease
    private(set) var report: RunReport

    init(_ plan: RunPlan, _ options: RunRelease) {
        self.plan = plan
        self.options = options
        report = RunReport(plan)
        report.isExecuted = true
    }

    private var version: Version { plan.version }
    private var limit: Duration { .seconds(options.readers.wait) }

    /// - Throws: ``Refused`` with 3 where a gate did not hold.
    mutating func go(at desk: inout ReleaseDesk) async throws {
        switch plan {
        case .stage(let stage):
            try await desk.stage(stage)
            desk.say("staged version \(version.number)")
            try await prove(at: &desk)
            try await promote(at: &desk)
        case .candidate:
            try await prove(at: &desk)
            try await promote(at: &desk)
        case .production: try await produce(at: &desk, from: desk.history.previous)
        case .done: break
        }
        report.live = desk.history.live?.number
        if let seconds = options.retireAfter, let previous = desk.history.previous {
            try await desk.retire(previous, after: seconds)
            desk.say("retired version \(previous.number)")
        }
    }

    /// The gates before a promotion.
    private mutating func prove(at desk: inout ReleaseDesk) async throws {
        let caughtUp = try await desk.catchUp(
            try desk.version(version), options.wait.limits)
        try await pass(caughtUp, at: &desk)
        let diff = try await desk.diff(
            try desk.version(version), try limits(at: desk))
        if !desk.isQuiet { diff.print() }
        try await pass(diff.gateOutcome, at: &desk)
        let ready = try await desk.readiness(
            of: try desk.version(version), within: limit, readers: options.readers.minimum)
        try await pass(GateOutcome(name: "ready", joining: ready), at: &desk)
        let smoke = try await desk.smoke(
            try desk.version(version), options.smoke, isProduction: false)
        smoke.print(desk.say)
        try await pass(smoke.gate, at: &desk)
    }

    /// What may differ: other rules give other scores, and no rules lose or make up a trip.
    private func limits(at desk: ReleaseDesk) throws -> DiffLimits {
        var limits = options.diff
        limits.maxMissing = limits.maxMissing ?? 0
        limits.maxExtra = limits.maxExtra ?? 0
        let staged = try desk.version(version).staged.release
        let live = desk.history.current?.staged.release
        if staged.rulesHash == live?.rulesHash, staged.resultsRevision == live?.resultsRevision {
            limits.maxChanged = limits.maxChanged ?? 0
        }
        return limits
    }

    private mutating func pass(_ gate: GateOutcome, at desk: inout ReleaseDesk) async throws {
        report.gates.append(gate)
        desk.say(gate.line)
        try await desk.refresh(version)
        try await desk.note(gate, of: version)
        guard let refusal = gate.refusal else { return }
        throw Refused(
            """
            \(refusal.description)
            production was not touched; version \(version.number) stays a candidate: run again \
            once it is well, or `tacho release retire \(version.number)`
            """, code: refusal.code)
    }

    private mutating func promote(at desk: inout ReleaseDesk) async throws {
        let plan = try PromotePlan(version, on: desk.history)
        let entry = try await desk.append(plan.record)
        desk.say("promoted version \(version.number) (record \(entry.offset))")
        let settled = try await desk.settle(
            entry, on: version, within: limit, readers: options.readers.minimum)
        report.promoted = settled.readers
        report.gates.append(settled.gate)
        desk.say(settled.readers)
        desk.say(settled.gate.line)
        guard settled.gate.passed else {
            try await goBack(to: plan.from, because: settled.gate, at: &desk)
            return
        }
        try await produce(at: &desk, from: plan.from)
    }

    /// Asks production, and goes back where it fails.
    private mutating func produce(
        at desk: inout ReleaseDesk, from: Version?
    ) async throws {
        let smoke = try await desk.smoke(
            try desk.version(version), options.smoke, isProduction: true)
        smoke.print(desk.say)
        desk.say(smoke.gate.line)
        report.gates.append(smoke.gate)
        guard smoke.gate.passed else {
            guard let from else {
                throw Refused("\(smoke.gate.line); there is no version to go back to", code: 3)
            }
            try await goBack(to: from, because: smoke.gate, at: &desk)
            return
        }
        try await desk.note(smoke.gate, of: version)
    }

    /// Makes the version before live again, at once; whatever else is to be written comes after.
    ///
    /// - Throws: always, with what came of it.
    private mutating func goBack(
        to from: Version, because gate: GateOutcome, at desk: inout ReleaseDesk
    ) async throws {
        try await desk.refresh(version)
        let plan = try RollbackPlan(to: from, on: desk.history)
        let began = ContinuousClock.now
        let entry = try await desk.append(
            plan.record, why: "\(gate.name) did not hold: \(gate.figure)")
        desk.say("rolled back to version \(from.number) (record \(entry.offset))")
        let settled = try await desk.settle(
            entry, on: from, within: limit, readers: options.readers.minimum)
        let took = String(format: "%.3f s", (ContinuousClock.now - began) / .seconds(1))
        report.rolledBack = settled.readers
        report.gates.append(settled.gate)
        report.live = from.number
        desk.say(settled.readers)
        desk.say(settled.gate.line)
        try await desk.note(gate, of: version)
        throw Refused(
            settled.gate.passed
                ? "\(gate.name) did not hold: \(gate.figure)\nback on version \(from.number) after \(took)"
                : "\(gate.name) did not hold, and going back is not confirmed: \(settled.gate.figure)",
            code: 3)
    }
}

extension GateOutcome {
    /// Gates that hold together.
    init(name: String, joining gates: [GateOutcome]) {
        self.init(
            name: name, passed: gates.allSatisfy(\.passed),
            figure: gates.map(\.figure).joined(separator: "; "))
    }
}
