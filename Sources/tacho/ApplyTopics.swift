import ArgumentParser
import EventLog
import TopicPlans

/// `tacho topics apply`: makes the topics as the files say.
struct ApplyTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make and change topics until they are as the files say.",
        discussion: """
            Prints the plan, and acts with --execute: makes what is missing, changes settings, then
            looks again. Nothing at all is done while a step of the plan is refused. Partitions,
            replicas and topics that no file describes are never touched, and nothing is deleted.

            Example: tacho topics apply --kafka broker:9092 --execute
            """)

    @OptionGroup var options: TopicPlanOptions

    @Flag(help: "Do what the plan says.")
    var execute = false

    func run() async throws {
        try await options.withComparison { comparison in
            let before = try await comparison.plan()
            var report = TopicReport(before)
            if !options.json { before.print() }
            if execute, !before.plan.isRefused {
                try await carryOut(before.plan, in: comparison)
                let after = try await comparison.plan()
                report.after = .init(after)
                if !options.json { after.printOutcome() }
                guard !after.plan.steps.contains(where: \.isChange) else {
                    throw Refused("the log does not show all that was done: see the plan once more")
                }
            } else if !options.json, !before.plan.isRefused {
                Terminal.say("nothing was changed: --execute acts")
            }
            if options.json { try Terminal.json(report) }
            if let refusal = before.refusal { throw refusal }
        }
    }

    private func carryOut(_ plan: TopicPlan, in comparison: TopicComparison) async throws {
        let store = comparison.store
        for topic in plan.made {
            try await step("made \(topic.name)") { () async throws(LogError) in
                try await store.make([topic])
            }
        }
        for (topic, settings) in plan.changed {
            let names = settings.keys.sorted().joined(separator: ", ")
            try await step("changed \(topic): \(names)") { () async throws(LogError) in
                try await store.change(settings, of: topic)
            }
        }
    }

    /// Does one thing and says so; what was done before a failure stays done.
    private func step(_ done: String, _ body: () async throws(LogError) -> Void) async throws {
        do throws(LogError) {
            try await body()
        } catch {
            throw Refused(
                """
                not known to have \(done), and all after it not done: \(error); run it again: what \
                is as described is left alone
                """)
        }
        if !options.json { Terminal.say(done) }
    }
}
