import EventLog
import Operations
import Topics

/// What `tacho dead-letters redrive` is to do and has done, as `--json` prints it.
struct RedriveReport: Encodable {
    struct Planned: Encodable {
        var origin: String
        /// The letter that is copied.
        var letter: String
        var reason: String
        var trip: String
        /// The partition that the copy goes to.
        var to: String
    }
    struct LeftOut: Encodable {
        var origin: String
        /// `waiting`, `redriven`, `homeless`, `gone` or `tooLarge`.
        var why: String
        /// The copy that there is.
        var copy: String?
    }
    struct Copy: Encodable {
        var origin: String
        var letter: String
        var position: String
    }
    struct Failed: Encodable {
        /// The copy that failed.
        var copy: String?
        var letter: String
        var reason: String
        var explanation: String
    }

    var version: Int
    var planned: [Planned]
    var leftOut: [LeftOut]
    /// Whether copies were appended, not planned alone.
    var isExecuted = false
    var copies: [Copy] = []
    /// Copies that the scorer consumed, and that are no dead letters; none where nobody looked.
    var passed: [Copy]?
    var failed: [Failed]?
    var waiting: [Copy]?

    init(_ letters: DeadLetters, _ plan: RedrivePlan) {
        version = letters.version.number
        planned = plan.redriven.compactMap { origin in
            let last = origin.last
            return last.origin.map { failed in
                Planned(
                    origin: origin.position.description, letter: last.position.description,
                    reason: last.reason, trip: last.trip, to: failed.topicPartition.description)
            }
        }
        leftOut =
            plan.done.map {
                LeftOut(
                    origin: $0.position.description, why: $0.state.rawValue,
                    copy: $0.copies.last?.description)
            }
            + plan.homeless.map { LeftOut(origin: $0.position.description, why: "homeless") }
    }

    mutating func take(_ run: RedriveRun) {
        copies = run.copies.map(Copy.init)
        leftOut += run.gone.map { LeftOut(origin: $0.position.description, why: "gone") }
        leftOut += run.tooLarge.map { LeftOut(origin: $0.position.description, why: "tooLarge") }
    }

    mutating func take(_ outcome: RedriveOutcome) {
        passed = outcome.passed.map(Copy.init)
        waiting = outcome.waiting.map(Copy.init)
        failed = outcome.failed.map {
            Failed(
                copy: $0.origin?.description, letter: $0.position.description, reason: $0.reason,
                explanation: $0.explanation)
        }
    }

    /// Why the command did not do all that it was asked; nil where it did.
    var refusal: Refused? {
        let lost = leftOut.filter { $0.why == "gone" || $0.why == "tooLarge" }
        if !lost.isEmpty { return Refused("\(lost.count) uploads could not be copied") }
        let (failed, waiting) = (failed?.count ?? 0, waiting?.count ?? 0)
        guard failed + waiting > 0 else { return nil }
        var words: [String] = []
        if failed > 0 { words.append("dead letters again: \(failed)") }
        if waiting > 0 { words.append("not yet consumed: \(waiting)") }
        return Refused(
            "not every copy went through; \(words.joined(separator: ", ")) of \(copies.count)",
            code: 3)
    }

    func printPlan() {
        for line in leftOut { line.print() }
        for upload in planned {
            Terminal.say(
                "copy \(upload.origin) to the end of \(upload.to): "
                    + "\(Terminal.printable(upload.reason)), trip "
                    + "\(Terminal.printable(upload.trip)), from \(upload.letter)")
        }
    }

    func printOutcome() {
        guard !planned.isEmpty else {
            Terminal.say("nothing to copy")
            return
        }
        guard isExecuted else {
            Terminal.say("\(planned.count) to copy; nothing was done, --execute does it")
            return
        }
        for copy in copies { Terminal.say("appended \(copy.position), a copy of \(copy.origin)") }
        for line in leftOut where line.why == "gone" || line.why == "tooLarge" { line.print() }
        for letter in failed ?? [] {
            Terminal.say(
                "\(letter.copy ?? "a copy") is dead letter \(letter.letter): "
                    + "\(Terminal.printable(letter.reason)), "
                    + Terminal.printable(letter.explanation))
        }
        var words = ["appended \(copies.count) of \(planned.count)"]
        if let passed { words.append("\(passed.count) went through") }
        if let failed { words.append("\(failed.count) failed again") }
        if let waiting { words.append("\(waiting.count) are waiting") }
        Terminal.say(words.joined(separator: ", "))
    }
}

extension RedriveReport.Copy {
    fileprivate init(_ copy: RedriveCopy) {
        origin = copy.origin.description
        letter = copy.letter.description
        position = copy.position.description
    }
}

extension RedriveReport.LeftOut {
    fileprivate func print() {
        let reason =
            switch why {
            case "homeless": "nothing says where it came from, or the partition is not there"
            case "gone": "retention has removed it"
            case "tooLarge": "with where it comes from the log does not take it"
            default: "\(why), copy \(copy ?? "unknown"); --again copies it once more"
            }
        Terminal.say("left out \(origin): \(reason)")
    }
}
