import ArgumentParser
import TopicFiles
import TopicPlans
import Topics

/// `tacho topics`: the topics as files describe them.
struct TopicCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics",
        abstract: "Plan, apply and check the topics that topics/*.yaml describes.",
        discussion: """
            The files have the shape of Strimzi's KafkaTopic. A topic whose name ends with .vN is
            one topic a version.

            Example: tacho topics plan --kafka broker:9092
            """,
        subcommands: [PlanTopics.self, ApplyTopics.self, CheckTopics.self, RenderTopics.self])
}

/// `tacho topics plan`: what `apply` would do.
struct PlanTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what differs between the files and the log, and what apply would do.",
        discussion: """
            Lines with - are as it is, those with + as it is to be. Ends with 1 where apply would
            refuse.

            Example: tacho topics plan --kafka broker:9092 --version 2
            """)

    @OptionGroup var options: TopicPlanOptions

    func run() async throws {
        let planned = try await options.withComparison { try await $0.plan() }
        let report = TopicReport(planned)
        if options.json { try Terminal.json(report) } else { planned.print() }
        if let refusal = planned.refusal { throw refusal }
    }
}

/// `tacho topics check`: whether the topics are as described, for pipelines.
struct CheckTopics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Fail where the topics are not as the files say.",
        discussion: """
            Ends with 0 where every topic is as described, and with 3 where one is not. Topics that
            no file describes are shown, and fail nothing.

            Example: tacho topics check --kafka broker:9092 --cluster-id h8yPZ0sWQrGPF2BLfmOkCw
            """)

    @OptionGroup var options: TopicPlanOptions

    func run() async throws {
        let planned = try await options.withComparison { try await $0.plan() }
        if options.json { try Terminal.json(TopicReport(planned)) } else { planned.print() }
        let drift = planned.plan.steps.filter(\.isDrift).count
        guard drift == 0 else {
            throw Refused(
                "the topics are not as the files say; differences: \(drift)", code: 3)
        }
    }
}

/// `tacho topics render`: the files for one version.
struct RenderTopics: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print the files with a version in place of vN, for Strimzi.",
        discussion: """
            Example: tacho topics render --version 2 | kubectl apply -f -
            """)

    @OptionGroup var files: TopicFolderOptions

    @Option(help: "Version whose topics are meant.")
    var version: Int

    func run() throws {
        let version = try Version(option: version)
        for file in try files.folder().files where !file.definitions.isEmpty {
            Terminal.say(String(try file.yaml(for: version).trimmingSuffix("\n")))
        }
    }
}

extension String {
    /// Without that ending.
    fileprivate func trimmingSuffix(_ ending: Character) -> Substring {
        last == ending ? dropLast() : self[...]
    }
}
