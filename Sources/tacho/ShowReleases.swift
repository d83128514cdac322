import ArgumentParser
import EventLog
import Foundation
import ReleasePlans
import Topics

/// `tacho release history`: every record.
struct ShowReleases: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show every record of the topic releases, and what became of each version.",
        discussion: """
            A record that does not count is marked void, with the reason.

            Example: tacho release history --json
            """)

    @OptionGroup var log: LogOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let report = try await log.withLog { opened in
            let desk = try await ReleaseDesk(
                opened, ReleaseAuthor(by: "", why: ""), isQuiet: json)
            return HistoryReport(desk.history)
        }
        if json { try Terminal.json(report) } else { report.print() }
    }
}

/// What was released, as `--json` prints it.
struct HistoryReport: Encodable {
    struct Row: Encodable {
        var offset: Int64
        var at: String
        var by: String
        var step: String
        var version: Int
        var rules: String
        var rulesHash: String
        var slot: String?
        var gate: GateOutcome?
        var why: String
        /// `overtaken`, `senseless` or `undecodable`, where it does not count.
        var void: String?
        var voidReason: String?
    }

    var live: Int?
    /// Where a rollback would go.
    var previous: Int?
    var versions: [VersionReport]
    var records: [Row]

    init(_ history: ReleaseHistory) {
        live = history.live?.number
        previous = history.previous?.number
        versions = history.versions.values.sorted { $0.version < $1.version }
            .map(VersionReport.init)
        records = history.entries.map(Row.init)
    }

    func print() {
        var rows = [["offset", "when", "step", "version", "by", "why"]]
        for row in records {
            var why = Terminal.printable(row.why)
            if let gate = row.gate {
                why = "\(gate.passed ? "passed" : "FAILED"): \(Terminal.printable(gate.figure))"
            }
            if let void = row.void {
                why = "void (\(row.voidReason.map { "\(void): \($0)" } ?? void)) \(why)"
            }
            let step = row.gate.map { "\(row.step) \(Terminal.printable($0.name))" } ?? row.step
            rows.append([
                "\(row.offset)", row.at, step, "\(row.version)", Terminal.printable(row.by), why,
            ])
        }
        Terminal.table(rows)
        for version in versions {
            let slot = version.slot.map { ", slot \($0)" } ?? ""
            Terminal.say(
                "version \(version.version): \(version.state), rules "
                    + "\(Terminal.printable(version.rules)) \(version.rulesHash)\(slot)")
        }
    }
}

extension HistoryReport.Row {
    fileprivate init(_ entry: ReleaseHistory.Entry) {
        let release = entry.release
        offset = entry.offset
        at = Moment.text(entry.timeMilliseconds)
        by = release.by
        step = release.stepWord
        version = Int(release.version)
        rules = release.rulesName
        rulesHash = release.rulesHash
        slot = release.slot.isEmpty ? nil : release.slot
        why = release.why
        if release.step == .checked {
            gate = GateOutcome(
                name: release.gate.name, passed: release.gate.passed, figure: release.gate.figure)
        }
        switch entry.void {
        case nil: break
        case .overtaken: void = "overtaken"
        case .senseless(let reason): (void, voidReason) = ("senseless", reason)
        case .undecodable(let reason): (void, voidReason) = ("undecodable", reason)
        }
    }
}
