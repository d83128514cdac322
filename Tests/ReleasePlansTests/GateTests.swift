import ReleasePlans
import SeededRandom
import Testing
import Topics

@Suite struct AwaitGateTests {
    /// What is seen of partitions, each as position, uploads left and lag in seconds.
    private static func standing(
        _ partitions: (Int64, Int64, Double)..., unseeded: [Int] = [], members: Int = 1,
        written: Int64 = 0
    ) -> Standing {
        var states: [Int: Standing.Partition] = [:]
        var ends: [Int: Int64] = [:]
        for (number, (position, left, lag)) in partitions.enumerated() {
            states[number] = .init(position: position, left: left, lagSeconds: lag)
            ends[number] = position + left
        }
        return Standing(
            partitions: states, ends: ends, unseeded: unseeded, members: members,
            written: written)
    }

    private static func isWaiting(_ verdict: AwaitGate.Verdict) -> Bool {
        if case .waiting = verdict { true } else { false }
    }

    @Test func `it holds once the ends are passed and lag stays below a second for ten`() {
        var gate = AwaitGate(Self.standing((0, 100, 9)), now: 0)
        #expect(Self.isWaiting(gate.look(Self.standing((50, 50, 5)), now: 5)))
        #expect(Self.isWaiting(gate.look(Self.standing((100, 0, 0)), now: 10)))
        #expect(Self.isWaiting(gate.look(Self.standing((110, 2, 0.2)), now: 19.9)))
        #expect(
            gate.look(Self.standing((112, 0, 0)), now: 20)
                == .passed("100 uploads in 20 s, lag below 1 s for 10 s"))
    }

    @Test func `lag in between begins the ten seconds again`() {
        var gate = AwaitGate(Self.standing((100, 0, 0)), now: 0)
        #expect(Self.isWaiting(gate.look(Self.standing((100, 0, 0)), now: 1)))
        #expect(Self.isWaiting(gate.look(Self.standing((100, 3, 1)), now: 9)))
        #expect(Self.isWaiting(gate.look(Self.standing((103, 0, 0)), now: 11)))
        #expect(Self.isWaiting(gate.look(Self.standing((103, 0, 0)), now: 20)))
        guard case .passed = gate.look(Self.standing((103, 0, 0)), now: 21) else {
            Issue.record("ten seconds passed")
            return
        }
    }

    @Test func `small lag is not enough while the ends are not passed`() {
        var gate = AwaitGate(Self.standing((0, 100, 0.1)), now: 0)
        for second in 1...20 {
            let verdict = gate.look(
                Self.standing((Int64(second), 100 - Int64(second), 0.1)), now: Double(second))
            #expect(Self.isWaiting(verdict))
        }
    }

    @Test func `ends that grow meanwhile do not keep it from holding`() {
        var gate = AwaitGate(Self.standing((0, 10, 1)), now: 0)
        var verdict = AwaitGate.Verdict.failed("")
        for second in 1...11 {
            let position = Int64(second) * 100
            verdict = gate.look(Self.standing((position, 50, 0.5)), now: Double(second))
        }
        #expect(verdict == .passed("10 uploads in 11 s, lag below 1 s for 10 s"))
    }

    @Test func `offsets without uploads behind them do not count`() {
        let seen = Standing(
            partitions: [0: .init(position: 10, left: 0, lagSeconds: 0)], ends: [0: 12])
        var gate = AwaitGate(seen, now: 0)
        #expect(Self.isWaiting(gate.look(seen, now: 0)))
        guard case .passed = gate.look(seen, now: 10) else {
            Issue.record("nothing is left")
            return
        }
    }

    @Test func `a partition that stands still while nothing else is old is named`() {
        var gate = AwaitGate(Self.standing((5, 0, 0), (7, 3, 40)), now: 0)
        #expect(Self.isWaiting(gate.look(Self.standing((6, 1, 0.1), (7, 3, 69)), now: 29)))
        #expect(
            gate.look(Self.standing((7, 0, 0), (7, 4, 70)), now: 30)
                == .failed(
                    "no progress for 30 s in partition 1: it stands at 7 with 4 uploads left"))
    }

    @Test func `a partition whose turn is to come does not count as standing still`() {
        var gate = AwaitGate(Self.standing((0, 1_000, 90), (0, 1_000, 90)), now: 0)
        for second in stride(from: 1, through: 60, by: 1) {
            let done = Int64(second)
            let verdict = gate.look(
                Self.standing((done, 1_000 - done, 90), (0, 1_000, 90)), now: Double(second))
            #expect(Self.isWaiting(verdict))
        }
    }

    @Test func `nobody at work is said, also where nothing is left`() {
        var gate = AwaitGate(Self.standing((0, 4, 9), members: 0), now: 0)
        #expect(
            gate.look(Self.standing((0, 4, 39), members: 0), now: 30)
                == .failed(
                    "no progress for 30 s in partition 0: it stands at 0 with 4 uploads left; "
                        + "nobody scores it"))
        var idle = AwaitGate(Self.standing((4, 0, 0), members: 0), now: 0)
        #expect(Self.isWaiting(idle.look(Self.standing((4, 0, 0), members: 0), now: 15)))
        #expect(
            idle.look(Self.standing((4, 0, 0), members: 0), now: 30)
                == .failed("nobody scores it for 30 s"))
    }

    @Test func `what is not taken over keeps it from holding`() {
        var gate = AwaitGate(Self.standing((4, 0, 0), unseeded: [0]), now: 0)
        #expect(Self.isWaiting(gate.look(Self.standing((4, 0, 0), unseeded: [0]), now: 29)))
        #expect(
            gate.look(Self.standing((4, 0, 0), unseeded: [0]), now: 30)
                == .failed("nothing taken over for 30 s in partition 0"))
    }

    @Test func `what is taken over counts as progress`() {
        func seen(_ written: Int64) -> Standing {
            Self.standing((4, 9, 99), unseeded: [0], written: written)
        }
        var gate = AwaitGate(seen(0), now: 0)
        #expect(Self.isWaiting(gate.look(seen(10), now: 20)))
        #expect(Self.isWaiting(gate.look(seen(10), now: 49)))
        guard case .failed = gate.look(seen(10), now: 50) else {
            Issue.record("nothing was written for thirty seconds")
            return
        }
    }

    @Test func `a timeout tells what is left`() {
        var limits = AwaitGate.Limits()
        limits.timeoutSeconds = 3
        var gate = AwaitGate(Self.standing((0, 100, 9)), limits: limits, now: 0)
        #expect(
            gate.look(Self.standing((60, 40, 4)), now: 3)
                == .failed("not caught up within 3 s: 40 of 100 uploads left, lag 4 s"))
    }

    @Test func `rate and time left come from what was seen lately`() {
        var gate = AwaitGate(Self.standing((0, 1_000, 9)), now: 0)
        _ = gate.look(Self.standing((0, 1_000, 9)), now: 0)
        guard case .waiting(let first) = gate.look(Self.standing((50, 950, 9)), now: 0.5),
            case .waiting(let later) = gate.look(Self.standing((200, 800, 9)), now: 2)
        else {
            Issue.record("it waits")
            return
        }
        #expect(first.rate == nil)
        #expect(later.rate == 100)
        #expect(later.secondsLeft == 8)
        #expect(later.left == 800)
        #expect(later.total == 1_000)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `it never passes before every end is, and ends in any case`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let count = Int.random(in: 1...4, using: &random)
        let goals = (0..<count).map { _ in Int64.random(in: 0...50, using: &random) }
        var positions = goals.map { _ in Int64(0) }
        var ends = goals
        func seen() -> Standing {
            var states: [Int: Standing.Partition] = [:]
            for index in goals.indices {
                let left = ends[index] - positions[index]
                states[index] = .init(
                    position: positions[index], left: left, lagSeconds: left > 5 ? 3 : 0)
            }
            return Standing(
                partitions: states,
                ends: Dictionary(uniqueKeysWithValues: ends.enumerated().map { ($0, $1) }))
        }
        let stuck = Bool.random(using: &random) ? Int.random(in: 0..<count, using: &random) : nil
        var gate = AwaitGate(seen(), now: 0)
        for second in 1...600 {
            for index in goals.indices {
                ends[index] += Int64.random(in: 0...3, using: &random)
                if index != stuck {
                    positions[index] = min(
                        ends[index], positions[index] + Int64.random(in: 2...9, using: &random))
                }
            }
            switch gate.look(seen(), now: Double(second)) {
            case .waiting: continue
            case .passed:
                #expect(zip(positions, goals).allSatisfy { $0 >= $1 }, "seed \(seed)")
                return
            case .failed:
                #expect(stuck != nil, "seed \(seed)")
                return
            }
        }
        Issue.record("it did not end, seed \(seed)")
    }
}

@Suite struct ReadersGateTests {
    private static func reader(
        _ name: String, live: UInt32 = 1, acted: Int64 = 0, _ versions: [(UInt32, Int64?)] = []
    ) -> Tacho_V1_ReaderState {
        var reader = Tacho_V1_ReaderState()
        reader.instance = name
        reader.live = live
        reader.releasesOffset = acted
        reader.versions = versions.map { number, lag in
            var served = Tacho_V1_ServedVersion()
            served.version = number
            if let lag { served.lag = lag }
            return served
        }
        return reader
    }

    @Test(
        arguments: [
            ([], .waits(["no reader is there"])),
            ([reader("a", [(1, 0)])], .waits(["reader a does not serve version 2"])),
            ([reader("a", [(2, nil)])], .waits(["reader a cannot serve version 2 yet"])),
            ([reader("a", [(2, 7)])], .waits(["reader a has 7 records of version 2 to read"])),
            ([reader("a", [(1, 3), (2, 0)])], .holds("1 of 1 readers serve version 2")),
            (
                [reader("a", [(2, 0)]), reader("b", [(1, 0)])],
                .waits(["reader b does not serve version 2"])
            ),
        ] as [([Tacho_V1_ReaderState], ReadersGate)])
    func `every reader that is there serves the version`(
        _ readers: [Tacho_V1_ReaderState], _ gate: ReadersGate
    ) {
        #expect(ReadersGate.serving(version(2), by: readers) == gate)
    }

    @Test(
        arguments: [
            ([], .waits(["no reader is there"])),
            ([reader("a", live: 1, acted: 4)], .waits(["reader a still answers from version 1"])),
            ([reader("a", live: 2, acted: 4)], .holds("1 of 1 readers answer from version 2")),
            // From an earlier time at which the version was live: not yet by this record.
            ([reader("a", live: 2, acted: 3)], .waits(["reader a still answers from version 2"])),
            ([reader("a", live: 2, acted: 5)], .holds("1 of 1 readers answer from version 2")),
        ] as [([Tacho_V1_ReaderState], ReadersGate)])
    func `every reader that is there has switched by this very record`(
        _ readers: [Tacho_V1_ReaderState], _ gate: ReadersGate
    ) {
        #expect(ReadersGate.switched(to: version(2), by: 4, readers) == gate)
    }

    @Test func `without readers it holds where none is asked for`() {
        #expect(ReadersGate.serving(version(2), by: [], minimum: 0).isPassed)
        #expect(!ReadersGate.serving(version(2), by: [Self.reader("a")], minimum: 0).isPassed)
    }
}
