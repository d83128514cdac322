import ArgumentParser
import EventLog
import Foundation
import ReleasePlans
import Topics

/// `tacho release run`: a whole release, as a pipeline does it.
struct RunRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Stage, await, compare, smoke-test, promote; go back if production fails.",
        discussion: """
            Prints the plan, and acts with --execute. Each gate is printed with its figure and \
            written down on the topic releases. A run that was broken off is run again, and goes on \
            with what it left.

            Ends with 3 where a gate did not hold: before the promotion production was not touched, \
            after it the version before is live again. Ends with 1 where somebody else released \
            meanwhile.

            Example: tacho release run --rules strict --why "#12" --retire-after 3600 --execute
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var candidate: CandidateOptions
    @OptionGroup var wait: AwaitOptions
    @OptionGroup var diff: DiffLimits
    @OptionGroup var smoke: SmokeOptions
    @OptionGroup var readers: ReaderWaitOptions

    @Option(help: "Version that was staged before, to go on with whatever its rules.")
    var version: Int?

    @Option(help: "Seconds after which the version before is retired, 0 to 604800; never.")
    var retireAfter: Double?

    func validate() throws {
        guard (0...604_800).contains(retireAfter ?? 0) else {
            throw ValidationError(
                "--retire-after is \(retireAfter ?? 0), allowed are 0 to 604800 seconds")
        }
        guard version == nil || candidate.rules.rules == nil else {
            throw ValidationError("--version names what was staged: it goes without --rules")
        }
    }

    func run() async throws {
        try await act.withDesk { desk in
            let plan =
                if let version {
                    try RunPlan(try Version(option: version), on: desk.history)
                } else {
                    try RunPlan(try candidate.request(desk.history), on: desk.history)
                }
            sayPlan(plan, desk)
            guard act.execute else {
                act.sayNothingChanged()
                if act.json { try Terminal.json(RunReport(plan)) }
                return
            }
            var run = ReleaseRun(plan, self)
            let ending: Result<Void, any Error>
            do {
                try await run.go(at: &desk)
                ending = .success(())
            } catch {
                ending = .failure(error)
            }
            if act.json { try Terminal.json(run.report) }
            try ending.get()
        }
    }

    private func sayPlan(_ plan: RunPlan, _ desk: ReleaseDesk) {
        var steps = ["await", "diff", "smoke", "promote", "production smoke"]
        switch plan {
        case .stage(let stage): desk.say(stage)
        case .candidate(let version): desk.say("go on with candidate \(version.number)")
        case .production(let version):
            desk.say("version \(version.number) is live, and production is still to be asked")
            steps = ["production smoke"]
        case .done(let version):
            desk.say("version \(version.number) is live and was seen to do well")
            steps = []
        }
        if let retireAfter { steps.append("retire the version before after \(retireAfter) s") }
        if !steps.isEmpty { desk.say("then " + steps.joined(separator: ", ")) }
    }
}

/// What a run did, as `--json` tells it.
struct RunReport: Encodable {
    var version: Int
    /// `stage`, `candidate`, `production` or `done`: where it began.
    var beganAt: String
    var isExecuted = false
    var gates: [GateOutcome] = []
    /// Readers after the promotion.
    var promoted: [StepReport.Switch] = []
    /// Readers after going back, where that was done.
    var rolledBack: [StepReport.Switch]?
    var live: Int?

    init(_ plan: RunPlan) {
        version = plan.version.number
        beganAt =
            switch plan {
            case .stage: "stage"
            case .candidate: "candidate"
            case .production: "production"
            case .done: "done"
            }
    }
}
