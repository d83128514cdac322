import ArgumentParser
import EventLog
import ReleasePlans
import Topics

/// `tacho release slots`: which colour is production.
struct ShowSlots: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots",
        abstract: "Show which slot is production, which is staging, and what is in each.",
        discussion: """
            A pipeline deploys to the staging slot. Production is none while the live version was \
            put in none.

            Example: tacho release slots --json | jq -r .staging
            """)

    @OptionGroup var log: LogOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let report = try await log.withLog { opened in
            let desk = try await ReleaseDesk(
                opened, ReleaseAuthor(by: "", why: ""), isQuiet: json)
            guard desk.history.live != nil else {
                throw Refused("\(ReleaseRefusal.nothingLive)")
            }
            return SlotReport(desk.history)
        }
        if json { try Terminal.json(report) } else { report.print() }
    }
}

/// Slots, as `--json` prints them.
struct SlotReport: Encodable {
    struct Slot: Encodable {
        /// `production` or `staging`.
        var role: String
        var versions: [VersionReport]
    }

    /// The live version's slot; nothing where it was put in none.
    var production: String?
    var staging: String
    var live: Int?
    /// By colour.
    var slots: [String: Slot]
    /// Versions that were put in no slot.
    var others: [VersionReport]

    init(_ history: ReleaseHistory) {
        let known = Slots(history)
        func kept(_ slot: String) -> [VersionReport] {
            (known.versions[slot] ?? []).map(VersionReport.init)
        }
        production = known.production
        staging = known.staging
        live = history.live?.number
        slots = [:]
        for color in Slots.colors {
            let role = color == known.production ? "production" : "staging"
            guard role == "production" || color == known.staging || !kept(color).isEmpty else {
                continue
            }
            slots[color] = Slot(role: role, versions: kept(color))
        }
        others = kept("")
    }

    func print() {
        var rows = [["slot", "role", "versions"]]
        for (color, slot) in slots.sorted(by: { $0.key < $1.key }) {
            rows.append([color, slot.role, Self.text(slot.versions)])
        }
        if !others.isEmpty {
            rows.append(["(none)", production == nil ? "production" : "", Self.text(others)])
        }
        Terminal.table(rows)
    }

    private static func text(_ versions: [VersionReport]) -> String {
        versions.isEmpty
            ? "–" : versions.map { "\($0.version) (\($0.state))" }.joined(separator: ", ")
    }
}
