import ArgumentParser
import EmbeddedLog
import EventLog
import Foundation
import ReleasePlans
import Releases
import Site
import Topics

/// `tacho release diff`: what a candidate says of trips that the live version does not.
struct DiffRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare a candidate with the live version, trip by trip.",
        discussion: """
            Each trip is compared where both stand at the same upload; the rules' own name is not
            compared. Trips on which one is still on its way are tried again until --settle is
            over, then listed as moving, never as equal. Changes no version, and works beside a
            running server.
            With --execute the outcome is written down on the topic releases.

            Ends with 3 where a gate that was named (--max-…) does not hold.

            Example: tacho release diff 2 --max-changed 5 --max-missing 0 --html diff.html
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var version: VersionArgument
    @OptionGroup var limits: DiffLimits

    @Option(help: "Version to compare with; the live one where none is named.")
    var against: Int?

    @Option(help: "Address of a reader, for links to trips (TACHO_URL; what a reader tells).")
    var url: String?

    @Option(help: "File to write the comparison to as a page.", completion: .file())
    var html: String?

    func run() async throws {
        let report = try await act.withDesk { desk in
            let version = try desk.history.candidate(try version.named())
            let report = try await desk.diff(
                version, with: try against.map(Version.init(option:)), limits,
                url: url ?? Environment.text("URL"))
            if act.execute { try await desk.note(report.gateOutcome, of: version.version) }
            return report
        }
        if let html { try report.write(page: html) }
        if act.json { try Terminal.json(report) } else { report.print() }
        if let refusal = report.gateOutcome.refusal { throw refusal }
    }
}

/// How long to compare, what to name and what to allow.
struct DiffLimits: ParsableArguments {
    @Option(help: "Seconds to try trips again that move, 0 to 3600.")
    var settle = 10.0

    @Option(help: "Trips to name of those that differ, are missing, extra or moving, 0 to 100000.")
    var worst = 10

    @Option(help: "Gate: at most so many per cent of the trips compared differ.")
    var maxChanged: Double?

    @Option(help: "Gate: at most so many trips are missing in the candidate.")
    var maxMissing: Int?

    @Option(help: "Gate: at most so many trips are only in the candidate.")
    var maxExtra: Int?

    @Option(help: "Gate: at most so many trips are left moving.")
    var maxMoving: Int?

    var gates: DiffGates {
        DiffGates(
            changedPercent: maxChanged, missing: maxMissing, extra: maxExtra, moving: maxMoving)
    }

    func validate() throws {
        guard (0...3_600).contains(settle) else {
            throw ValidationError("--settle is \(settle), allowed are 0 to 3600 seconds")
        }
        guard (0...100_000).contains(worst) else {
            throw ValidationError("--worst is \(worst), allowed are 0 to 100000")
        }
        if let maxChanged, !(0...100).contains(maxChanged) {
            throw ValidationError("--max-changed is \(maxChanged), allowed are 0 to 100 per cent")
        }
        for (name, count) in [
            ("missing", maxMissing), ("extra", maxExtra), ("moving", maxMoving),
        ] {
            if let count, count < 0 {
                throw ValidationError("--max-\(name) is \(count), allowed is 0 or more")
            }
        }
    }
}

extension ReleaseDesk {
    /// Compares a version with another, the live one where none is named.
    ///
    /// - Parameter url: where trips are looked at; nil takes what a reader tells.
    mutating func diff(
        _ version: ReleasedVersion, with other: Version? = nil, _ limits: DiffLimits,
        url: String? = nil
    ) async throws -> DiffReport {
        guard let other = other ?? history.live else { throw ReleaseRefusal.nothingLive }
        let told = try await readers().first { !$0.url.isEmpty }?.url
        var line = ProgressLine()
        let report = try await DiffReport.make(
            of: version.version, with: other, on: opened, limits: limits,
            url: url ?? told ?? "http://localhost:8080"
        ) { line.tell($0) }
        // Where the operator's page finds the last one; it is no part of the comparison's outcome.
        if let path = opened.installation?.path(DiffReport.fileName) {
            do { try report.write(page: path) } catch { say("note: \(error)") }
        }
        return report
    }
}

extension ProgressLine {
    mutating func tell(_ progress: VersionComparison.Progress) {
        switch progress {
        case .reading(let done, let total): tell("comparing", done: done, total: total)
        case .settling(let moving): tell("trying trips again that move, \(moving) left")
        }
    }
}
