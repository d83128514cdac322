import ArgumentParser
import EventLog
import Foundation
import KafkaLog
import Pipeline
import ReleasePlans
import Scoring
import Topics

/// Which rules and which place a candidate is to have.
struct CandidateOptions: ParsableArguments {
    @OptionGroup var rules: RulesOptions

    @Option(help: "Slot to put it in, blue or green; the one that is not production.")
    var slot: String?

    @Option(help: "Uploads a second that each of its scorers keeps to, 0 without a limit.")
    var pace: Int = 0

    func validate() throws {
        guard (0...1_000_000_000).contains(pace) else {
            throw ValidationError("--pace is \(pace), allowed are 0 to 1000000000")
        }
    }

    /// What is asked for: the rules named, or those of the live version as this build has them.
    ///
    /// - Throws: ``Refused`` where the rules cannot be used.
    func request(_ history: ReleaseHistory) throws -> StageRequest {
        let rules = try rules.choice()?.rules() ?? Self.rulesOfLive(history)
        var request = StageRequest(
            rulesName: rules.name, rulesVersion: UInt32(rules.version), rulesHash: rules.hash,
            rules: RuleMessage.compose(rules), resultsRevision: UInt32(Scoring.revision))
        request.slot = slot
        request.uploadsPerSecond = UInt32(pace)
        return request
    }

    private static func rulesOfLive(_ history: ReleaseHistory) throws -> RuleSet {
        guard let live = history.current else { throw ReleaseRefusal.nothingLive }
        let release = live.staged.release
        guard let rules = RuleMessage.rules(of: release) ?? RuleSet.named(release.rulesName) else {
            throw Refused(
                "the live version does not carry its rules in a form that this tacho "
                    + "(\(Build.version)) knows: name them with --rules")
        }
        return rules
    }
}

/// `tacho release stage`: registers a candidate.
struct StageRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage",
        abstract: "Register a candidate: a version beside the live one, not yet served to anybody.",
        discussion: """
            Prints the plan, and acts with --execute: makes the version's topics and writes the \
            record. A running `tacho up` begins to score it by itself, where its build gives these \
            results; a newer binary does it in a process of its own, by the command printed.

            Example: tacho release stage --rules strict --why "#12" --execute
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var candidate: CandidateOptions

    @Flag(help: "Also where a version that is kept gives the same results.")
    var again = false

    /// How a binary scores a version in a process of its own.
    private func scorerCommand(_ version: Version, _ desk: ReleaseDesk) throws -> String {
        let place =
            if let cluster = try act.log.kafka.options() {
                "--kafka \(cluster.brokers)"
            } else {
                "--data \(desk.opened.installation?.directory.path ?? "")"
            }
        return "tacho scorer --version \(version.number) \(place)"
    }

    func run() async throws {
        try await act.withDesk { desk in
            var request = try candidate.request(desk.history)
            request.again = again
            let plan = try StagePlan(request, on: desk.history)
            desk.say(plan)
            var report = StepReport(plan)
            report.slot = plan.slot
            if act.execute {
                report.offset = try await desk.stage(plan).offset
                report.isExecuted = true
                desk.say("staged version \(plan.version.number)")
                desk.say("a newer binary scores it beside this one by")
                desk.say("  \(try scorerCommand(plan.version, desk))")
            } else {
                act.sayNothingChanged()
            }
            if act.json { try Terminal.json(report) }
        }
    }
}

extension ReleaseDesk {
    /// Makes the version's topics, then writes the record: whoever reads it finds them, also where
    /// this process ends in between.
    @discardableResult
    mutating func stage(_ plan: StagePlan) async throws -> ReleaseHistory.Entry {
        let partitions = try await log.offsets(of: Topics.tripUploads.name).count
        try await log.create(Topics.derived(plan.version, partitions: partitions))
        return try await append(plan.record)
    }
}
