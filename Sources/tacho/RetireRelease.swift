import ArgumentParser
import EventLog
import Foundation
import ReleasePlans
import Topics

/// `tacho release retire`: lets a version go.
struct RetireRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Let a version go that is not live: nothing scores or serves it any more.",
        discussion: """
            Prints the plan, and acts with --execute. With --after it waits first, then looks again \
            whether the version may still go. A candidate is abandoned by it.

            Example: tacho release retire 1 --after 3600 --execute
            """)

    @OptionGroup var act: ActOptions

    @Argument(help: "Version that is meant; the only one that is not live where none is named.")
    var version: Int?

    @Option(help: "Seconds to wait before, 0 to 604800.")
    var after: Double = 0

    func validate() throws {
        guard (0...604_800).contains(after) else {
            throw ValidationError("--after is \(after), allowed are 0 to 604800 seconds")
        }
    }

    func run() async throws {
        try await act.withDesk { desk in
            let plan = try RetirePlan(try version.map(Version.init(option:)), on: desk.history)
            desk.say(plan)
            var report = StepReport(plan)
            if act.execute {
                report.offset = try await desk.retire(plan.version, after: after).offset
                report.isExecuted = true
                desk.say("retired version \(plan.version.number)")
            } else {
                act.sayNothingChanged()
            }
            if act.json { try Terminal.json(report) }
        }
    }
}

extension ReleaseDesk {
    /// Waits, then retires the version if it still may go.
    @discardableResult
    mutating func retire(
        _ version: Version, after seconds: Double
    ) async throws -> ReleaseHistory.Entry {
        let clock = ContinuousClock()
        let began = clock.now
        var line = ProgressLine()
        while true {
            let waited = (clock.now - began) / .seconds(1)
            guard waited < seconds else { break }
            line.tell(
                "seconds until version \(version.number) is retired", done: Int64(waited),
                total: Int64(seconds.rounded(.up)))
            try await Task.sleep(for: .seconds(min(1, seconds - waited)))
        }
        if seconds > 0 { try await refresh(version) }
        return try await append(try RetirePlan(version, on: history).record)
    }
}
