import ArgumentParser
import EmbeddedLog
import EventLog
import Foundation
import ReleasePlans
import Releases
import Topics

/// How long a version may take to catch up.
struct AwaitOptions: ParsableArguments {
    @Option(help: "Seconds that it may take in all, 1 or more; without a limit while it moves.")
    var timeout: Double?

    @Option(help: "Seconds without progress after which it has failed, 1 or more.")
    var stall: Double = 30

    @Option(help: "Seconds that it is to stay caught up, 0 or more.")
    var hold: Double = 10

    func validate() throws {
        for (name, value) in [("--timeout", timeout ?? 1), ("--stall", stall)]
        where !(1...31_536_000).contains(value) {
            throw ValidationError("\(name) is \(value), allowed are 1 to 31536000 seconds")
        }
        guard (0...3_600).contains(hold) else {
            throw ValidationError("--hold is \(hold), allowed are 0 to 3600 seconds")
        }
    }

    var limits: AwaitGate.Limits {
        var limits = AwaitGate.Limits()
        limits.timeoutSeconds = timeout
        limits.stallSeconds = stall
        limits.holdSeconds = hold
        return limits
    }
}

/// `tacho release await`: until a version has caught up.
struct AwaitRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "await",
        abstract: "Wait until a version has caught up with the uploads.",
        discussion: """
            It has once it has passed the ends as they are now, and then stays less than a second \
            behind for 10 s. With --execute the outcome is written down on the topic releases.

            Ends with 3 where it makes no progress, or not in time.

            Example: tacho release await 2 --timeout 600
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var version: VersionArgument
    @OptionGroup var wait: AwaitOptions

    func run() async throws {
        try await act.withDesk { desk in
            let version = try desk.history.candidate(try version.named())
            let outcome = try await desk.catchUp(version, wait.limits)
            desk.say(outcome.line)
            if act.execute { try await desk.note(outcome, of: version.version) }
            if act.json { try Terminal.json(outcome) }
            if let refusal = outcome.refusal { throw refusal }
        }
    }
}

extension ReleaseDesk {
    /// Between two looks at a version's progress.
    private static let progressInterval = Duration.milliseconds(250)

    /// Waits until a version has caught up, and tells how far it is meanwhile.
    mutating func catchUp(
        _ version: ReleasedVersion, _ limits: AwaitGate.Limits
    ) async throws -> GateOutcome {
        var watch = ProgressWatch(of: version, on: log)
        let clock = ContinuousClock()
        let began = clock.now
        func seconds() -> Double { (clock.now - began) / .seconds(1) }
        var gate = AwaitGate(
            try await watch.look(now: systemMilliseconds()), limits: limits, now: 0)
        var bar = ProgressBar()
        while true {
            try await refresh(version.version)
            let now = try history.kept(version.version)
            let isPaused = now.state == .candidate && now.pace.paused
            let standing = try await watch.look(now: systemMilliseconds())
            switch gate.look(standing, now: seconds()) {
            case .waiting(let advance):
                if isPaused, standing.left > 0 {
                    bar.end()
                    return GateOutcome(name: "await", passed: false, figure: "it is paused")
                }
                bar.show(advance, holding: limits.holdSeconds)
            case .passed(let figure):
                bar.end()
                return GateOutcome(name: "await", passed: true, figure: figure)
            case .failed(let figure):
                bar.end()
                return GateOutcome(name: "await", passed: false, figure: figure)
            }
            try await Task.sleep(for: Self.progressInterval)
        }
    }
}
