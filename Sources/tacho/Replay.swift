import ArgumentParser
import EmbeddedLog
import EventLog
import Foundation
import Pipeline
import ReleasePlans
import Scoring
import Topics

/// `tacho replay`: a candidate that scores again from a point of the log on.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Score uploads again from a point of the log on, as a candidate version.",
        discussion: """
            Prints what would be read, taken over and written and how long that takes, and stages \
            the candidate with --execute. The live version is never touched: what comes of the \
            replay serves nobody before it is promoted.

            Trips whose last upload lies before the start are taken over from the live version as \
            they are; those with uploads on both sides are scored whole. `tacho release pause`, \
            `resume` and `await` go on from there, and `retire` throws the candidate away.

            Example: tacho replay --by-duration P7D --pace 2000 --execute
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var start: ReplayStart
    @OptionGroup var candidate: CandidateOptions

    func run() async throws {
        try await act.withDesk { desk in
            let now = systemMilliseconds()
            var request = try candidate.request(desk.history)
            request.again = true
            request.starts = try await start.starts(on: desk.log, now: now)
            if !request.starts.isEmpty { request.base = desk.history.live }
            let plan = try StagePlan(request, on: desk.history)
            guard let rules = RuleMessage.rules(of: plan.record) else {
                throw Refused("the rules do not hold together: \(request.rulesName)")
            }
            desk.say(plan)
            let forecast = try await forecast(request, rules, desk.log)
            var report = ReplayReport(
                plan, forecast, from: try start.title(now: now), base: request.base,
                pace: candidate.pace)
            if !act.json { report.print() }
            if act.execute {
                report.offset = try await desk.stage(plan).offset
                report.isExecuted = true
                desk.say("staged version \(plan.version.number)")
                desk.say("follow it with `tacho release await \(plan.version.number)`")
            } else {
                act.sayNothingChanged()
            }
            if act.json { try Terminal.json(report) }
        }
    }

    private func forecast(
        _ request: StageRequest, _ rules: RuleSet, _ log: any EventLog
    ) async throws -> ReplayForecast {
        var line = ProgressLine()
        return try await ReplayForecast(
            on: log, starts: request.starts, base: request.base, rules: rules
        ) { done, total in
            line.tell("looking at partitions", done: Int64(done), total: Int64(total))
        }
    }
}
