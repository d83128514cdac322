import ArgumentParser

/// `tacho release`: a new version beside the live one, and the change over to it.
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Stage, await, compare, smoke-test, promote, roll back and retire versions.",
        discussion: """
            What changes something prints its plan, and acts with --execute. Every step is a record \
            of the topic releases, with who, when and why.

            Example: tacho release run --rules strict --execute
            """,
        subcommands: [
            StageRelease.self, AwaitRelease.self, DiffRelease.self, SmokeRelease.self,
            PromoteRelease.self, RollBackRelease.self, RetireRelease.self, RunRelease.self,
            ShowReleases.self, ShowSlots.self, PauseRelease.self, ResumeRelease.self,
        ])
}
