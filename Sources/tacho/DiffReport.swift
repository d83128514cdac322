import EmbeddedLog
import EventLog
import Foundation
import ReleasePlans
import Releases
import Site
import Topics

/// What `tacho release diff` tells, as `--json` prints it.
struct DiffReport: Encodable {
    /// The page of the last comparison, in the data directory.
    static let fileName = "diff.html"

    struct Change: Encodable {
        /// From the least to the largest change of score in points.
        var from: Int
        var to: Int
        var trips: Int
    }
    struct Trip: Encodable {
        var trip: String
        var liveScore: Int?
        var candidateScore: Int?
        /// The candidate's score less the live version's.
        var change: Int?
        /// `content`, `deletion` or `upload`.
        var kind: String
        var isScoreOther: Bool
        var areEventsOther: Bool
        /// The trip's page on the live version and on the candidate; none for a key that is no id.
        var liveURL: String?
        var candidateURL: String?
    }
    struct Gate: Encodable {
        var holds: Bool
        var failures: [String]
    }

    var live: Int
    var candidate: Int
    var time: String
    var trips: Int
    var compared: Int
    var equal: Int
    var different: Int
    var changedPercent: Double?
    var scoreChanged: Int
    var eventsChanged: Int
    var otherwiseChanged: Int
    var scoreGained: Int
    var scoreLost: Int
    /// Trips by change of score, each change that there is by itself.
    var scoreChanges: [Change]
    /// The same, several changes together.
    var histogram: [Change]
    var missing: Int
    var extra: Int
    var moving: Int
    var worst: [Trip]
    var missingTrips: [String]
    var extraTrips: [String]
    var movingTrips: [String]
    /// None where no gate was named.
    var gate: Gate?

    /// As the comparison has it.
    let diff: VersionDiff
    let url: String

    enum CodingKeys: CodingKey {
        case live, candidate, time, trips, compared, equal, different, changedPercent, scoreChanged
        case eventsChanged, otherwiseChanged, scoreGained, scoreLost, scoreChanges, histogram
        case missing, extra, moving, worst, missingTrips, extraTrips, movingTrips, gate
    }

    /// Compares, beside whatever runs.
    ///
    /// - Throws: ``Refused`` where a version has no topics.
    static func make(
        of candidate: Version, with live: Version, on opened: OpenedLog, limits: DiffLimits,
        url: String, progress: (VersionComparison.Progress) -> Void
    ) async throws -> DiffReport {
        guard candidate != live else {
            throw Refused("version \(live.number) cannot be compared with itself")
        }
        let topics = Set(try await opened.log.topics().map(\.name))
        for version in [live, candidate] where !topics.contains(Topics.tripScores(version).name) {
            throw Refused("\(opened.place) has no version \(version.number)")
        }
        let diff = try await VersionComparison(
            of: candidate, with: live, on: opened.log, settle: .seconds(limits.settle),
            examples: limits.worst
        ).run(progress: progress)
        return DiffReport(diff, gates: limits.gates, url: url, now: systemMilliseconds())
    }

    init(_ diff: VersionDiff, gates: DiffGates, url: String, now: Int64) {
        self.diff = diff
        self.url = url
        live = diff.live.number
        candidate = diff.candidate.number
        time = Moment.text(now)
        trips = diff.trips
        compared = diff.compared
        equal = diff.equal
        different = diff.differing
        changedPercent = diff.changedPercent
        scoreChanged = diff.scoreChanged
        eventsChanged = diff.eventsChanged
        otherwiseChanged = diff.otherwiseChanged
        scoreGained = diff.gained
        scoreLost = diff.lost
        scoreChanges = diff.differences.sorted { $0.key < $1.key }.map {
            Change(from: $0.key, to: $0.key, trips: $0.value)
        }
        histogram = DiffHistogram(diff).bins.map {
            Change(from: $0.range.lowerBound, to: $0.range.upperBound, trips: $0.trips)
        }
        missing = diff.missing
        extra = diff.extra
        moving = diff.moving
        worst = diff.worst.map { change in
            Trip(
                trip: change.trip, liveScore: change.liveScore,
                candidateScore: change.candidateScore, change: change.difference,
                kind: "\(change.kind)", isScoreOther: change.isScoreOther,
                areEventsOther: change.areEventsOther,
                liveURL: diff.link(to: change.trip, on: diff.live, at: url),
                candidateURL: diff.link(to: change.trip, on: diff.candidate, at: url))
        }
        missingTrips = diff.missingTrips
        extraTrips = diff.extraTrips
        movingTrips = diff.movingTrips
        if gates != DiffGates() {
            let failures = gates.failures(of: diff)
            gate = Gate(holds: failures.isEmpty, failures: failures)
        }
    }

    /// The comparison as a gate: it holds where none was named.
    var gateOutcome: GateOutcome {
        let failures = gate?.failures ?? []
        return GateOutcome(
            name: "diff", passed: failures.isEmpty,
            figure: failures.isEmpty ? figure : failures.joined(separator: "; "))
    }

    private var figure: String {
        "\(compared) trips compared, \(different) differ"
            + (changedPercent.map { " (\(DiffGates.text($0)) %)" } ?? "")
            + ", \(missing) missing, \(extra) extra, \(moving) moving"
    }

    /// Writes the page.
    func write(page path: String) throws {
        let page = DiffPage(diff, url: url, time: time, failures: gate?.failures ?? [])
        do {
            try Data(page.text.utf8).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Refused("cannot write \(path): \(error.localizedDescription)")
        }
    }

    /// Totals, changes of scores and the worst examples.
    func print() {
        Terminal.say("version \(candidate) against version \(live): \(figure)")
        guard different > 0 || missing + extra + moving > 0 else { return }
        if different > 0 {
            Terminal.say(
                "different: \(scoreChanged) in score, \(eventsChanged) in events, "
                    + "\(otherwiseChanged) in neither")
        }
        printChanges()
        printWorst()
        for (what, names, count) in [
            ("missing", missingTrips, missing), ("extra", extraTrips, extra),
            ("moving", movingTrips, moving),
        ] where count > 0 {
            let left = count - names.count
            Terminal.say(
                "\(what): " + names.map { Terminal.printable($0) }.joined(separator: ", ")
                    + (left > 0 ? (names.isEmpty ? "\(left)" : ", and \(left) more") : ""))
        }
    }

    private func printChanges() {
        let histogram = DiffHistogram(diff)
        if !histogram.bins.isEmpty {
            let widest = 40
            Terminal.table(
                [["change of score", "trips", ""]]
                    + histogram.bins.map { bin in
                        let length =
                            (bin.trips * widest + histogram.tallest - 1) / histogram.tallest
                        return [
                            bin.title, "\(bin.trips)", String(repeating: "█", count: length),
                        ]
                    })
        }
        if scoreGained + scoreLost > 0 {
            Terminal.say("scored by the candidate alone: \(scoreGained), no longer: \(scoreLost)")
        }
    }

    private func printWorst() {
        guard !worst.isEmpty else { return }
        Terminal.table(
            [["trip", "version \(live)", "version \(candidate)", "change", "what", "look"]]
                + zip(worst, diff.worst).map { trip, change in
                    [
                        Terminal.printable(trip.trip), trip.liveScore.map(String.init) ?? "none",
                        trip.candidateScore.map(String.init) ?? "none",
                        change.difference.map(DiffHistogram.Bin.signed) ?? "–", change.words,
                        trip.candidateURL ?? "",
                    ]
                })
        let left = different - worst.count
        if left > 0 { Terminal.say("\(left) more differ; --worst \(different) names them all") }
    }
}
