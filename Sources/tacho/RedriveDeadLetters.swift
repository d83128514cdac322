import ArgumentParser
import EmbeddedLog
import EventLog
import Foundation
import Operations
import Topics

/// `tacho dead-letters redrive`: uploads that a version could not use, once more.
struct RedriveDeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Append uploads that a version could not use to the log again.",
        discussion: """
            Prints the plan, and acts with --execute: a copy of each upload, key, value and \
            headers as they came, goes to the end of the partition that it came from, for every \
            version to read. An upload of which a copy is waiting or went through is left out, so \
            a redrive that was broken off is simply run again.

            Ends with 3 where a copy became a dead letter again, or is not yet consumed when the \
            wait is over.

            Example: tacho dead-letters redrive --reason undecodable --execute
            """)

    @OptionGroup var letters: DeadLetterOptions
    @OptionGroup var which: DeadLetterFilterOptions

    @Flag(help: "All dead letters of the version, where nothing else says which.")
    var all = false

    @Flag(help: "Also those of which a copy is waiting or went through.")
    var again = false

    @Flag(help: "Append the copies.")
    var execute = false

    @Option(help: "Seconds to wait for the scorer to consume them, 0 to 3600; 0 does not look.")
    var wait: Double = 10

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Between two looks at how far the scorer is.
    private static let lookInterval = Duration.milliseconds(50)

    func validate() throws {
        guard (0...3_600).contains(wait) else {
            throw ValidationError("--wait is \(wait), allowed are 0 to 3600 seconds")
        }
        let filter = try which.filter(now: 0)
        guard filter.isEmpty == all else {
            throw ValidationError(
                all
                    ? "--all goes with no other choice"
                    : "say which: positions, --reason, --trip, --since, or --all")
        }
    }

    func run() async throws {
        let filter = try which.filter(now: systemMilliseconds())
        try await letters.withLetters { letters, opened in
            // Two at once would both append what neither finds on the log.
            let lock = try execute ? opened.installation.map(lock) : nil
            var line = ProgressLine()
            let origins = try await letters.origins(filter) { line.tell($0) }
            let unknown = filter.positions.first { named in
                !origins.contains { $0.isNamed(by: named) }
            }
            if let unknown {
                throw Refused(
                    "no such dead letter of version \(letters.version.number) is meant: \(unknown)")
            }
            let plan = try await letters.plan(origins, again: again)
            var report = RedriveReport(letters, plan)
            if !json { report.printPlan() }
            if execute {
                report.isExecuted = true
                try await run(plan, letters, &report)
                withExtendedLifetime(lock) {}
            }
            if json { try Terminal.json(report) } else { report.printOutcome() }
            if let refusal = report.refusal { throw refusal }
        }
    }

    private func lock(_ installation: Installation) throws -> DirectoryLock {
        let lock = try DirectoryLock(installation, role: "dead-letters redrive")
        lock.describe("pid \(getpid())")
        return lock
    }

    private func run(
        _ plan: RedrivePlan, _ letters: DeadLetters, _ report: inout RedriveReport
    ) async throws {
        var line = ProgressLine()
        var last = RedriveRun()
        do {
            last = try await letters.execute(plan) { run in
                last = run
                line.tell(
                    "appending copies", done: Int64(run.done),
                    total: Int64(plan.redriven.count))
            }
        } catch {
            throw Refused(
                """
                \(last.copies.count) of \(plan.redriven.count) copies were appended, then the log \
                failed: \(error); run it again: what is there is left out
                """)
        }
        report.take(last)
        guard wait > 0, !last.copies.isEmpty else { return }
        let deadline = ContinuousClock.now + .seconds(wait)
        while try await !letters.hasPassed(last.copies), .now < deadline {
            try await Task.sleep(for: Self.lookInterval)
        }
        report.take(try await letters.outcome(of: last.copies))
    }
}
