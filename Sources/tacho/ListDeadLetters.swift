import ArgumentParser
import EmbeddedLog
import EventLog
import Operations
import Topics

/// `tacho dead-letters list`: what a version could not use, by upload.
struct ListDeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List uploads that a version could not use, and how each stands.",
        discussion: """
            One line an upload, however often it was redriven. It is open until a copy of it is \
            appended, then waiting, and redriven once the scorer has passed the copy without \
            another dead letter.

            Example: tacho dead-letters list --reason undecodable --since 2h
            """)

    @OptionGroup var letters: DeadLetterOptions
    @OptionGroup var which: DeadLetterFilterOptions

    @Option(help: "Only those that stand so: open, waiting or redriven.", transform: state(named:))
    var state: DeadLetterOrigin.State?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws { _ = try which.filter(now: 0) }

    func run() async throws {
        let now = systemMilliseconds()
        let filter = try which.filter(now: now)
        let list = try await letters.withLetters { letters, _ in
            var line = ProgressLine()
            let origins = try await letters.origins(filter) { line.tell($0) }
            return DeadLetterList(
                of: letters, origins.filter { state == nil || $0.state == state }, now: now)
        }
        if json { try Terminal.json(list) } else { list.print() }
    }

    private static func state(named text: String) throws -> DeadLetterOrigin.State {
        guard let state = DeadLetterOrigin.State(rawValue: text) else {
            let names = DeadLetterOrigin.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--state is \"\(text)\", allowed are \(names)")
        }
        return state
    }
}

/// What `tacho dead-letters list` tells, as `--json` prints it.
struct DeadLetterList: Encodable {
    var version: Int
    var topic: String
    /// Letters of the origins.
    var letters: Int
    var origins: [DeadLetterEntry]

    init(of letters: DeadLetters, _ origins: [DeadLetterOrigin], now: Int64) {
        version = letters.version.number
        topic = letters.topic.rawValue
        self.letters = origins.reduce(0) { $0 + $1.letters.count }
        self.origins = origins.map { DeadLetterEntry($0, now: now) }
    }

    func print() {
        let states = DeadLetterOrigin.State.allCases.map { state in
            "\(origins.count { $0.state == state.rawValue }) \(state.rawValue)"
        }
        Terminal.say(
            "version \(version): \(origins.count) uploads in \(letters) dead letters; "
                + states.joined(separator: ", "))
        guard !origins.isEmpty else { return }
        let heads = ["upload", "state", "reason", "letters", "age", "size", "trip"]
        Terminal.table([heads] + origins.map(\.row))
    }
}

/// One upload that a version could not use.
struct DeadLetterEntry: Encodable {
    /// The upload.
    var origin: String
    var state: String
    /// Of the last letter.
    var reason: String
    var explanation: String
    /// The key as text.
    var trip: String
    /// Positions of its letters, the last one last.
    var letters: [String]
    /// Positions of copies behind the last failure.
    var copies: [String]
    /// When the log took the last letter.
    var time: String
    var ageSeconds: Double
    /// Of key, value and headers.
    var bytes: Int

    init(_ origin: DeadLetterOrigin, now: Int64) {
        let last = origin.last
        self.origin = origin.position.description
        state = origin.state.rawValue
        reason = last.reason
        explanation = last.explanation
        trip = last.trip
        letters = origin.letters.map(\.position.description)
        copies = origin.copies.map(\.description)
        time = Moment.text(last.timestampMilliseconds)
        ageSeconds = Double(max(0, now - last.timestampMilliseconds)) / 1_000
        bytes = last.size
    }

    fileprivate var row: [String] {
        [
            origin, state, Terminal.printable(reason), "\(letters.count)",
            Moment.age(seconds: ageSeconds), Terminal.bytes(Int64(bytes)),
            Terminal.printable(trip),
        ]
    }
}
