import Operations
import Testing
import Topics

@Suite struct LagWindowTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Position and lag of each sample; a whole window has four.
        let samples: [(Int64, Int64)]
        var isHeld = true
        let state: LagState?

        init(
            _ what: String, _ samples: [(Int64, Int64)], isHeld: Bool = true, _ state: LagState?
        ) {
            testDescription = what
            self.samples = samples
            self.isHeld = isHeld
            self.state = state
        }
    }

    static let cases = [
        Case("nothing seen", [], nil),
        Case("one look, nothing left", [(5, 0)], .ok),
        Case("one look, something left", [(5, 1)], nil),
        Case("a short window that gains", [(5, 3), (6, 2)], .ok),
        Case("a short window that does not move", [(5, 3), (5, 3), (5, 3)], nil),
        Case("a short window that falls behind", [(5, 3), (6, 4), (7, 5)], nil),
        Case("idle", [(5, 0), (5, 0), (5, 0), (5, 0)], .ok),
        Case("idle and gone", [(5, 0), (5, 0), (5, 0), (5, 0)], isHeld: false, .ok),
        Case("caught up once", [(5, 9), (5, 9), (14, 0), (14, 7)], .ok),
        Case("records came a moment ago", [(5, 0), (5, 4), (5, 4), (5, 4)], .ok),
        Case("it gains", [(5, 90), (9, 86), (9, 91), (20, 80)], .ok),
        Case("large and shrinking", [(0, 1 << 40), (1, 1 << 39), (2, 1 << 38), (3, 1 << 37)], .ok),
        Case("it falls behind", [(5, 3), (6, 4), (8, 4), (9, 6)], .warn),
        Case("it holds its distance", [(5, 3), (6, 3), (7, 3), (8, 3)], .warn),
        Case("it was set back", [(9, 3), (2, 10), (2, 10), (2, 10)], .warn),
        Case("a member that does not move", [(5, 3), (5, 3), (5, 3), (5, 3)], .stall),
        Case("one that does not move while more comes", [(5, 1), (5, 2), (5, 2), (5, 9)], .stall),
        Case("nobody moves it", [(5, 1), (5, 2), (5, 2), (5, 9)], isHeld: false, .stop),
    ]

    @Test(arguments: cases)
    func `states follow from how position and lag move`(_ row: Case) {
        var window = LagWindow(size: 4)
        for (position, lag) in row.samples { window.add(.init(position: position, lag: lag)) }
        #expect(window.state(isHeld: row.isHeld) == row.state)
    }

    @Test func `a window forgets what is older than its size`() {
        var window = LagWindow(size: 3)
        for lag: Int64 in [0, 4, 4] { window.add(.init(position: 5, lag: lag)) }
        #expect(window.state(isHeld: false) == .ok)
        window.add(.init(position: 5, lag: 4))
        #expect(window.samples.count == 3)
        #expect(window.state(isHeld: false) == .stop)
    }

    @Test(
        arguments: [
            ([.ok, .ok], .ok), ([], .ok), ([.ok, .warn], .warn), ([.warn, .stall], .err),
            ([.stop, nil], .err), ([.ok, nil], nil), ([nil, .warn], .warn),
            ([.warn, nil, .ok], .warn),
        ] as [([LagState?], LagState?)])
    func `a group is as its worst partition`(_ partitions: [LagState?], _ state: LagState?) {
        #expect(LagState.ofGroup(partitions) == state)
    }

    @Test(
        arguments: [
            ("scorer.v1", 1), ("reader.v2.reader", 2), ("reader.v12.a.b", 12), ("scorer.v01", nil),
            ("scorer.1", nil), ("scorer.v1.x", nil), ("reader.v1", nil), ("reader.v1.", nil),
            ("somebody.v1", nil), ("", nil), ("scorer.v0", nil),
        ] as [(String, Int?)])
    func `groups of the installation are known by their names`(_ name: String, _ version: Int?) {
        let group = ConsumerGroup(name: name)
        #expect(group?.version?.number == version)
        if let group { #expect(group.name == name) }
    }

    @Test func `cutters serve every version, and come last`() throws {
        #expect(ConsumerGroup(name: "cutter") == .cutters)
        #expect(ConsumerGroup.cutters.name == "cutter")
        #expect(ConsumerGroup.cutters.version == nil)
        #expect(ConsumerGroup.cutters.topics == [Topics.devicePoints.name])
        let reader = try #require(ConsumerGroup(name: "reader.v9.a"))
        #expect([.cutters, reader, .scorers(of: .first)].sorted().last == .cutters)
    }

    @Test func `latencies are told by share`() {
        let latency = ScoreLatency([40, 10, 30, 20])
        #expect(latency.seconds(share: 0.5) == 0.02)
        #expect(latency.seconds(share: 0.51) == 0.03)
        #expect(latency.seconds(share: 0.99) == 0.04)
        #expect(ScoreLatency([7]).seconds(share: 0.01) == 0.007)
        #expect(ScoreLatency([]).seconds(share: 0.5) == nil)
    }
}
