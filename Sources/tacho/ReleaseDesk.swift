import EmbeddedLog
import EventLog
import Foundation
import ReleasePlans
import Releases
import Topics

/// A release as a command works on it: the log, what was released so far, and who does this.
struct ReleaseDesk {
    let opened: OpenedLog
    let author: ReleaseAuthor
    /// Whether what happens is told in the end alone.
    let isQuiet: Bool
    private(set) var history: ReleaseHistory
    private let releases: ReleaseLog
    private var roster: ReaderRoster

    var log: any EventLog { opened.log }

    /// Reads what was released.
    init(_ opened: OpenedLog, _ author: ReleaseAuthor, isQuiet: Bool) async throws {
        self.opened = opened
        self.author = author
        self.isQuiet = isQuiet
        releases = ReleaseLog(opened.log)
        roster = ReaderRoster(opened.log)
        history = try await releases.history()
    }

    /// A line for people.
    func say(_ line: String) {
        if !isQuiet { Terminal.say(line) }
    }

    /// Prints what a plan would do.
    func say(_ plan: any StepPlan) {
        for line in plan.lines { say(line) }
        for warning in plan.warnings { say("  note: \(warning)") }
    }

    /// A version as it is now.
    func version(_ version: Version) throws -> ReleasedVersion { try history.kept(version) }

    /// Partitions in which a version has not taken over what it begins with.
    func unseeded(of version: ReleasedVersion) async throws -> [Int] {
        guard !version.starts.isEmpty else { return [] }
        var watch = ProgressWatch(of: version, on: log)
        return try await watch.look(now: systemMilliseconds()).unseeded
    }

    /// Readers that are there now, by name.
    mutating func readers() async throws -> [Tacho_V1_ReaderState] {
        try await knownReaders().map(\.state)
    }

    /// Readers that are there now, each with when it said what it says.
    mutating func knownReaders() async throws -> [KnownReader] {
        try await roster.catchUp()
        return roster.present(now: systemMilliseconds())
    }

    /// Writes the record, in the author's name.
    ///
    /// Another's record in between undoes the step, unless it says nothing that matters to it.
    ///
    /// - Throws: ``Refused`` that tells who was first, with what.
    @discardableResult
    mutating func append(
        _ record: Tacho_V1_Release, why: String? = nil
    ) async throws -> ReleaseHistory.Entry {
        var record = record
        record.by = author.by
        record.why = why ?? author.why
        while true {
            let before = history.entries.count
            do {
                return try await releases.append(record, to: &history)
            } catch let overtaken as Overtaken {
                let conflict = history.conflict(since: before, with: record)
                if conflict == nil, overtaken.by != nil { continue }
                throw Refused(Self.text(of: conflict))
            } catch let senseless as Senseless {
                throw Refused("nothing was done: \(senseless.reason)")
            }
        }
    }

    /// Reads what others wrote meanwhile.
    ///
    /// - Throws: ``Refused`` where one of them changed what is live, or retired the version.
    mutating func refresh(_ version: Version) async throws {
        let before = history.entries.count
        try await releases.catchUp(&history)
        var note = Tacho_V1_Release()
        note.version = UInt32(version.number)
        note.step = .checked
        if let theirs = history.conflict(since: before, with: note) {
            throw Refused(Self.text(of: theirs))
        }
    }

    /// Writes down how a gate went.
    mutating func note(_ gate: GateOutcome, of version: Version) async throws {
        let kept = try history.kept(version)
        try await append(kept.check(gate.name, passed: gate.passed, figure: gate.figure))
    }

    private static func text(of by: ReleaseHistory.Entry?) -> String {
        let advice = "nothing of this step was done: look at `tacho release history`"
        guard let by else { return "somebody else released meanwhile; \(advice)" }
        let why = by.release.why.isEmpty ? "" : " (\(by.release.why))"
        return "somebody else released meanwhile: \(by.release.by) \(by.release.stepWord) version "
            + "\(by.release.version) at \(Moment.text(by.timeMilliseconds))\(why); \(advice)"
    }
}

/// How a gate went.
struct GateOutcome: Encodable {
    var name: String
    var passed: Bool
    var figure: String

    /// As a line for people.
    var line: String { "\(passed ? "passed" : "FAILED") \(name): \(figure)" }

    /// What ends a command whose gate did not hold.
    var refusal: Refused? { passed ? nil : Refused("\(name) did not hold: \(figure)", code: 3) }
}

extension Tacho_V1_Release {
    /// What was done, in a word.
    var stepWord: String {
        switch step {
        case .staged: "staged"
        case .promoted: "promoted"
        case .rolledBack: "rolled back to"
        case .retired: "retired"
        case .checked: "checked"
        case .paced: "paced"
        case .unspecified, .UNRECOGNIZED: "did step \(step.rawValue) with"
        }
    }
}
