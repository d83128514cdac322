import EventLog
import ReleasePlans
import Testing
import Topics

@Suite struct VersionDiffTests {
    /// One trip, what both versions say of it, and what is to come of it.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        var live: [Record]
        var candidate: [Record]
        let counts: Counts

        init(_ what: String, _ live: [Record], _ candidate: [Record], _ counts: Counts) {
            testDescription = what
            (self.live, self.candidate, self.counts) = (live, candidate, counts)
        }
    }

    struct Counts: Equatable {
        var equal = 0, score = 0, events = 0, other = 0, missing = 0, extra = 0, moving = 0

        static let equal = Counts(equal: 1)
        static let other = Counts(other: 1)
        static let moving = Counts(moving: 1)
    }

    private static func a(
        _ upload: Int64, _ score: Int? = 80, _ events: [String] = [],
        status: Tacho_V1_TripStatus = .driving, state: String? = nil, rules: String = "default",
        name: String = ""
    ) -> Record {
        Said.record(
            "a", upload: upload, score: score, events: events, status: status, state: state,
            rules: rules, name: name)
    }

    private static let past = Said.progress(100)
    private static let gone = Said.record("a", nil, [])

    static let cases: [Case] = [
        Case("nothing", [past], [past], Counts()),
        Case("the same", [a(5), past], [a(5), past], .equal),
        Case("the same, nothing passed", [a(5)], [a(5)], .equal),
        Case("by other rules", [a(5)], [a(5, rules: "strict")], .equal),
        Case("another score", [a(5)], [a(5, 79)], Counts(score: 1)),
        Case("a score that is gone", [a(5)], [a(5, nil)], Counts(score: 1)),
        Case("other events", [a(5, 80, ["x"])], [a(5, 80, ["y"])], Counts(events: 1)),
        Case("score and events", [a(5)], [a(5, 70, ["y"])], Counts(score: 1, events: 1)),
        Case("another name", [a(5)], [a(5, name: "n")], .other),
        Case("only the last word counts", [a(4, 1), a(5)], [a(4, 2), a(5)], .equal),
        Case("behind", [a(5), past], [a(4), Said.progress(5)], .moving),
        Case("ahead", [a(4), Said.progress(5)], [a(5), past], .moving),
        Case("behind for good", [a(5), past], [a(4), Said.progress(6)], .other),
        Case("ahead for good", [a(4), Said.progress(6)], [a(5), past], .other),
        Case("only in live", [a(5), past], [past], Counts(missing: 1)),
        Case("not yet in the candidate", [a(5), past], [Said.progress(5)], .moving),
        Case("nothing of the candidate", [a(5), past], [], .moving),
        Case("only in the candidate", [past], [a(5), past], Counts(extra: 1)),
        Case("not yet in live", [Said.progress(5)], [a(5), past], .moving),
        Case(
            "deleted in both", [a(5, status: .deleted)], [a(9, status: .deleted)], .equal),
        Case("deleted in live", [a(5, status: .deleted)], [a(5)], Counts(score: 1)),
        Case("deleted in the candidate", [a(5)], [a(5, status: .deleted)], Counts(score: 1)),
        Case(
            "deleted later", [a(6, status: .deleted), past], [a(5), Said.progress(6)], .moving),
        Case("straddling", [a(5), past], [a(5, state: "straddling"), past], .moving),
        Case("straddling, elsewhere", [a(9), past], [a(5, state: "straddling"), past], .moving),
        Case("straddling alone", [past], [a(5, state: "straddling"), past], .moving),
        Case(
            "scored whole after all", [a(9), past], [a(5, state: "straddling"), a(9), past],
            .equal),
        Case(
            "no scores", [Said.record("a", [0xff], [Header(TachoHeader.lastUpload, "5")])],
            [Said.record("a", [0xff], [Header(TachoHeader.lastUpload, "5")])], .equal),
        Case(
            "a damaged score", [a(5)],
            [Said.record("a", [0xff], [Header(TachoHeader.lastUpload, "5")])],
            Counts(score: 1)),
        Case("no word of a trip", [Said.record("a", [], []), past], [past], Counts()),
        Case("a word taken back", [a(5), past], [a(5), gone, past], Counts(missing: 1)),
        Case("taken back by both", [a(5), gone, past], [a(4), gone, past], Counts()),
        Case("taken back, and said again", [a(5), past], [a(4), gone, a(5), past], .equal),
        Case("a key that is gone", [Said.record("a", nil, []), past], [past], Counts()),
    ]

    @Test(arguments: cases)
    func `a trip is compared where both stand, and nowhere else`(_ row: Case) {
        var diff = VersionDiff(live: .first, candidate: Said.version)
        var trips = PartitionDiff()
        trips.take(row.live, of: .live)
        trips.take(row.candidate, of: .candidate)
        trips.settle(into: &diff)
        trips.end(into: &diff)
        #expect(counts(diff) == row.counts)
    }

    private func counts(_ diff: VersionDiff) -> Counts {
        Counts(
            equal: diff.equal, score: diff.scoreChanged, events: diff.eventsChanged,
            other: diff.otherwiseChanged, missing: diff.missing, extra: diff.extra,
            moving: diff.moving)
    }

    @Test func `a busy trip is compared where the two met`() {
        var diff = VersionDiff(live: .first, candidate: Said.version)
        var trips = PartitionDiff()
        trips.take([Self.a(10)], of: .live)
        trips.take([Self.a(4)], of: .candidate)
        trips.settle(into: &diff)
        #expect(trips.moving == 1)
        // Live is never seen where the candidate stands at that moment.
        for (live, candidate) in [(13, 9), (16, 12), (19, 15)] as [(Int64, Int64)] {
            trips.take([Self.a(live, Int(live))], of: .live)
            trips.take([Self.a(candidate, Int(candidate))], of: .candidate)
            trips.settle(into: &diff)
        }
        #expect(trips.moving == 1)
        trips.take([Self.a(16, 17)], of: .candidate)
        trips.settle(into: &diff)
        #expect(trips.isSettled)
        #expect(diff.worst.map(\.difference) == [1])
        // Decided is decided, and what begins later is not compared.
        trips.take([Self.a(19), Said.record("b", upload: 20)], of: .candidate)
        #expect(trips.isSettled)
    }

    @Test func `the largest changes come first, those that are no number before all`() {
        var diff = VersionDiff(live: .first, candidate: Said.version, examples: 3)
        var trips = PartitionDiff()
        let scores: [(String, Int?, Int?)] = [
            ("a", 80, 79), ("b", 80, 60), ("c", nil, 50), ("d", 10, 30), ("e", 5, 5), ("f", 9, 99),
        ]
        for (trip, live, candidate) in scores {
            trips.take([Said.record(trip, upload: 1, score: live)], of: .live)
            trips.take([Said.record(trip, upload: 1, score: candidate)], of: .candidate)
        }
        trips.settle(into: &diff)
        #expect(diff.worst.map(\.trip) == ["c", "f", "b"])
        #expect(diff.differences == [-1: 1, -20: 1, 20: 1, 90: 1])
        #expect((diff.gained, diff.lost) == (1, 0))
        #expect((diff.equal, diff.differing, diff.compared, diff.trips) == (1, 5, 6, 6))
        let histogram = DiffHistogram(diff)
        #expect(histogram.bins.first?.range == -49 ... -20)
        #expect(histogram.bins.last?.range == 50...100)
        #expect(histogram.bins.reduce(0) { $0 + $1.trips } == 4)
        #expect(histogram.bins.map(\.title).contains("−2"))
        #expect(DiffHistogram(VersionDiff(live: .first, candidate: Said.version)).bins.isEmpty)
    }

    @Test(
        arguments: [
            (DiffGates(), 0), (DiffGates(changedPercent: 50), 0),
            (DiffGates(changedPercent: 49.9), 1),
            (DiffGates(changedPercent: 0, missing: 0, extra: 0, moving: 0), 4),
            (DiffGates(missing: 1, extra: 1, moving: 1), 0),
        ] as [(DiffGates, Int)])
    func `a gate holds up to what it allows`(_ gates: DiffGates, _ failures: Int) {
        var diff = VersionDiff(live: .first, candidate: Said.version)
        var trips = PartitionDiff()
        trips.take(
            [
                Said.record("a", upload: 1), Said.record("b", upload: 1),
                Said.record("c", upload: 1),
                Said.record("e", upload: 30), Said.progress(20),
            ],
            of: .live)
        trips.take(
            [
                Said.record("a", upload: 1), Said.record("b", upload: 1, score: 1),
                Said.record("d", upload: 1), Said.progress(20),
            ],
            of: .candidate)
        trips.settle(into: &diff)
        trips.end(into: &diff)
        #expect(gates.failures(of: diff).count == failures)
    }

    @Test func `trips that all move pass no gate, and no trips pass any`() {
        let gates = DiffGates(changedPercent: 5)
        var diff = VersionDiff(live: .first, candidate: Said.version)
        #expect(gates.failures(of: diff).isEmpty)
        diff.count("a", .moving)
        #expect(gates.failures(of: diff).count == 1)
    }

    @Test(arguments: [(0.0, "0"), (5, "5"), (0.001, "0.01"), (33.333, "33.33"), (99.999, "100")])
    func `a share is told with two decimals`(_ percent: Double, _ text: String) {
        #expect(DiffGates.text(percent) == text)
    }
}
