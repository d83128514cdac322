import ArgumentParser
import EventLog
import Operations
import ReleasePlans
import Topics

/// `tacho dead-letters`: uploads that a version could not use.
struct DeadLetterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "List, show and redrive uploads that a version could not use.",
        discussion: "Example: tacho dead-letters list --reason undecodable",
        subcommands: [ListDeadLetters.self, ShowDeadLetter.self, RedriveDeadLetters.self])
}

/// Whose dead letters a command works on.
struct DeadLetterOptions: ParsableArguments {
    @OptionGroup var log: LogOptions

    @Option(help: "Version whose dead letters are meant; the live one where none is named.")
    var version: Int?

    /// Opens the log for the body.
    ///
    /// - Throws: ``Refused`` where there is no such version.
    func withLetters<Result>(
        _ body: (DeadLetters, OpenedLog) async throws -> Result
    ) async throws -> Result {
        let wanted = try version.map(Version.init(option:))
        return try await log.withLog { opened in
            let version: Version
            if let wanted {
                version = wanted
            } else {
                version = try await opened.released().live.version
            }
            let letters = DeadLetters(of: version, on: opened.log)
            guard try await opened.log.topics().contains(where: { $0.name == letters.topic }) else {
                throw Refused("\(opened.place) has no version \(version.number)")
            }
            return try await body(letters, opened)
        }
    }
}

/// Which of them are meant.
struct DeadLetterFilterOptions: ParsableArguments {
    @Argument(help: "Positions of uploads, of copies that failed or of letters; none means all.")
    var positions: [String] = []

    @Option(
        name: .customLong("reason"),
        help: "Only those that failed last for this reason, such as foreignTrip; may be repeated.")
    var reasons: [String] = []

    @Option(help: "Only those of this trip.")
    var trip: String?

    @Option(
        help: """
            Only those that failed last at this time or later: RFC 3339, epoch milliseconds, or \
            how long ago, such as 90s, 15m, 2h or 7d.
            """)
    var since: String?

    /// The filter.
    ///
    /// - Parameter now: the time in epoch milliseconds.
    func filter(now: Int64) throws -> DeadLetterFilter {
        var filter = DeadLetterFilter()
        filter.positions = try positions.map(Self.position)
        filter.reasons = reasons
        filter.trip = trip
        filter.sinceMilliseconds = try since.map { text in
            guard let time = Moment.milliseconds(text, now: now) else {
                throw ValidationError(
                    """
                    --since is "\(text)", allowed are RFC 3339 such as 2026-01-31T12:00:00Z, \
                    epoch milliseconds, and 90s, 15m, 2h, 7d
                    """)
            }
            return time
        }
        return filter
    }

    static func position(_ text: String) throws -> Position {
        guard let position = Position(text) else {
            throw ValidationError(
                "\"\(text)\" is no position, allowed is TOPIC/PARTITION@OFFSET")
        }
        return position
    }
}
