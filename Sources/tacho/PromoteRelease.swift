import ArgumentParser
import EventLog
import Foundation
import ReleasePlans
import Releases
import Topics

/// `tacho release promote`: makes a version live.
struct PromoteRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Make a version live, and wait until every reader answers from it.",
        discussion: """
            Prints the plan and whether the version is ready: less than a second behind, and \
            served by every reader. With --execute one record makes it live.

            Ends with 3 where it is not ready, or a reader does not switch in time.

            Example: tacho release promote 2 --why "#12" --execute
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var version: VersionArgument
    @OptionGroup var readers: ReaderWaitOptions

    @Flag(help: "Also where the last try of a gate failed.")
    var force = false

    func run() async throws {
        try await act.withDesk { desk in
            let named = try version.named()
            let plan = try PromotePlan(
                named, on: desk.history,
                unseeded: try await desk.unseeded(of: try desk.history.candidate(named)),
                isForced: force)
            var report = StepReport(plan)
            report.from = plan.from.number
            try await act.carryOut(plan, readers, isReady: true, &report, at: &desk)
        }
    }
}

/// `tacho release rollback`: makes the version before live again.
struct RollBackRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make the version that was live before live again.",
        discussion: """
            Prints the plan and whether that version is ready, and acts with --execute. Going back \
            twice is refused: it would bring back what was gone back from.

            Ends with 3 where it is not ready (--force goes back all the same), or a reader does \
            not switch in time.

            Example: tacho release rollback --why "scores look wrong" --execute
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var readers: ReaderWaitOptions

    @Option(help: "Version to go back to; the one that was live before.")
    var to: Int?

    @Flag(help: "Also where that version is not ready.")
    var force = false

    func run() async throws {
        try await act.withDesk { desk in
            let plan = try RollbackPlan(to: try to.map(Version.init(option:)), on: desk.history)
            var report = StepReport(plan)
            report.from = plan.from.number
            try await act.carryOut(plan, readers, isReady: !force, &report, at: &desk)
        }
    }
}

extension ActOptions {
    /// Prints the plan, sees whether its version is ready, and makes it live with `--execute`.
    ///
    /// - Parameter isReady: whether it must be.
    fileprivate func carryOut(
        _ plan: any StepPlan, _ wait: ReaderWaitOptions, isReady: Bool, _ report: inout StepReport,
        at desk: inout ReleaseDesk
    ) async throws {
        desk.say(plan)
        let version = try desk.history.kept(try Version(option: plan.number))
        report.gates = try await desk.readiness(
            of: version, within: execute && isReady ? .seconds(wait.wait) : .zero,
            readers: wait.minimum)
        for gate in report.gates { desk.say("  \(gate.line)") }
        var refusal = isReady ? report.gates.firstRefusal : nil
        if execute, refusal == nil {
            let entry = try await desk.append(plan.record)
            report.offset = entry.offset
            report.isExecuted = true
            desk.say("\(plan.record.stepWord) version \(plan.number) (record \(entry.offset))")
            let settled = try await desk.settle(
                entry, on: version.version, within: .seconds(wait.wait), readers: wait.minimum)
            report.readers = settled.readers
            report.gates.append(settled.gate)
            desk.say(settled.readers)
            desk.say(settled.gate.line)
            if !settled.gate.passed {
                desk.say(
                    "the record stands: readers switch once they can, and another one undoes it")
            }
            refusal = settled.gate.refusal
        } else if refusal == nil {
            sayNothingChanged()
        }
        if json { try Terminal.json(report) }
        if let refusal { throw refusal }
    }
}

extension [GateOutcome] {
    /// What ends a command one of whose gates did not hold.
    var firstRefusal: Refused? { first { !$0.passed }?.refusal }
}
