import ArgumentParser
import EmbeddedLog
import EventLog
import Operations
import ReleasePlans

/// `tacho status`: what is on the log and how far it is read.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show versions, groups with their lag, dead letters and disk use.",
        discussion: """
            Works beside a running server. States are Burrow's: a group is OK, WARN (it falls
            behind) or ERR; a partition also STOP (nobody moves it) or STALL (its member does not
            move). A moment shows no more than OK: --watch 30 looks on for so long, then judges.

            Example: tacho status --json
            """)

    @OptionGroup var log: LogOptions

    @Option(help: "Seconds to watch the groups before judging them, 1 to 3600.")
    var watch: Double?

    @Flag(help: "Show each partition that a group follows.")
    var partitions = false

    @Flag(help: "Print one JSON object.")
    var json = false

    /// Between the two looks of a plain status, where something is left to consume.
    private static let moment = Duration.milliseconds(500)

    func validate() throws {
        if let watch, !(1...3_600).contains(watch) {
            throw ValidationError("--watch is \(watch), allowed are 1 to 3600 seconds")
        }
    }

    func run() async throws {
        let report = try await log.withLog { opened in
            let (history, live) = try await opened.released()
            let seen = try await look {
                try await GroupStatus.all(
                    on: opened.log, live: live.version, now: systemMilliseconds())
            }
            return try await StatusReport(
                of: opened, history, live: live, seen, withPartitions: partitions)
        }
        if json { try Terminal.json(report) } else { report.print() }
    }

    /// Looks often enough to judge, or once or twice.
    private func look(_ groups: () async throws -> [GroupStatus]) async throws -> GroupsSeen {
        let start = ContinuousClock.now
        var seen = GroupsSeen(groups: try await groups())
        if let watch {
            let steps = LagWindow.defaultSize - 1
            for step in 1...steps {
                try await Task.sleep(
                    until: start + .seconds(watch) * step / steps, clock: .continuous)
                seen.look(try await groups())
            }
        } else if seen.groups.contains(where: { $0.lag.records > 0 }) {
            try await Task.sleep(for: Self.moment)
            seen.look(try await groups())
        }
        seen.span = .now - start
        return seen
    }
}

/// Groups as last seen, and what was seen before.
struct GroupsSeen {
    private(set) var groups: [GroupStatus]
    private(set) var watch = LagWatch()
    private(set) var looks = 1
    var span = Duration.zero

    init(groups: [GroupStatus]) {
        self.groups = groups
        watch.add(groups)
    }

    mutating func look(_ groups: [GroupStatus]) {
        self.groups = groups
        watch.add(groups)
        looks += 1
    }
}
