import ArgumentParser
import ReleasePlans
import Topics

/// `tacho release pause`: a candidate's scorers stand still.
struct PauseRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let a candidate's scorers stand still.",
        discussion: "Example: tacho release pause 2 --execute")

    @OptionGroup var act: ActOptions
    @OptionGroup var version: VersionArgument

    func run() async throws {
        try await act.withDesk { desk in
            try await act.carryOut(
                try PacePlan(try version.named(), isPaused: true, on: desk.history), at: &desk)
        }
    }
}

/// `tacho release resume`: a candidate's scorers go on.
struct ResumeRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a candidate's scorers go on, at the pace they had or another one.",
        discussion: "Example: tacho release resume 2 --pace 500 --execute")

    @OptionGroup var act: ActOptions
    @OptionGroup var version: VersionArgument

    @Option(help: "Uploads a second of each scorer, 0 without a limit; as it was.")
    var pace: Int?

    func validate() throws {
        guard (0...1_000_000_000).contains(pace ?? 0) else {
            throw ValidationError("--pace is \(pace ?? 0), allowed are 0 to 1000000000")
        }
    }

    func run() async throws {
        try await act.withDesk { desk in
            try await act.carryOut(
                try PacePlan(
                    try version.named(), isPaused: false, uploadsPerSecond: pace.map(UInt32.init),
                    on: desk.history), at: &desk)
        }
    }
}

extension ActOptions {
    fileprivate func carryOut(_ plan: PacePlan, at desk: inout ReleaseDesk) async throws {
        desk.say(plan)
        var report = StepReport(plan)
        if execute {
            report.offset = try await desk.append(plan.record).offset
            report.isExecuted = true
            desk.say("done (record \(report.offset ?? 0))")
        } else {
            sayNothingChanged()
        }
        if json { try Terminal.json(report) }
    }
}
