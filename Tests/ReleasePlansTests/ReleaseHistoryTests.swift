import EventLog
import ReleasePlans
import SeededRandom
import Testing
import Topics

@Suite struct ReleaseHistoryTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        /// Why each record does not count, in the table's words; nil where it does.
        let voids: [String?]
        let live: Int?
        let previous: Int?
        let next: Int

        init(
            _ what: String, _ steps: [Step], _ voids: [String?], live: Int?, previous: Int? = nil,
            next: Int
        ) {
            testDescription = what
            self.steps = steps
            self.voids = voids
            self.live = live
            self.previous = previous
            self.next = next
        }
    }

    static let cases = [
        Case("nothing", [], [], live: nil, next: 1),
        Case(
            "the first version is promoted without a stage", [.promoted(1)], [nil], live: 1, next: 2
        ),
        Case(
            "two that come first at once", [.promoted(1), .promoted(1).following(-1)],
            [nil, "overtaken"], live: 1, next: 2),
        Case(
            "a second one is staged first", [.promoted(1), .promoted(2)], [nil, "senseless"],
            live: 1, next: 3),
        Case(
            "staged, promoted", [.promoted(1), .staged(2), .promoted(2)], [nil, nil, nil],
            live: 2, previous: 1, next: 3),
        Case(
            "of two releasers one wins",
            [.promoted(1), .staged(2), .promoted(2), .retired(2).following(1)],
            [nil, nil, nil, "overtaken"], live: 2, previous: 1, next: 3),
        Case(
            "one that follows a void record is void",
            [
                .promoted(1), .staged(2), .staged(3).following(0), .promoted(2).following(2),
                .promoted(2),
            ], [nil, nil, "overtaken", "overtaken", nil], live: 2, previous: 1, next: 4),
        Case(
            "one that follows what is not there is void", [.promoted(1), .staged(2).following(7)],
            [nil, "overtaken"], live: 1, next: 3),
        Case(
            "rolled back", [.promoted(1), .staged(2), .promoted(2), .rolledBack(1)],
            [nil, nil, nil, nil], live: 1, previous: 2, next: 3),
        Case(
            "promoted again after a rollback",
            [.promoted(1), .staged(2), .promoted(2), .rolledBack(1), .promoted(2)],
            [nil, nil, nil, nil, nil], live: 2, previous: 1, next: 3),
        Case(
            "the live version is not retired", [.promoted(1), .retired(1)], [nil, "senseless"],
            live: 1, next: 2),
        Case(
            "a retired version is nothing to go back to",
            [.promoted(1), .staged(2), .promoted(2), .retired(1), .rolledBack(1)],
            [nil, nil, nil, nil, "senseless"], live: 2, next: 3),
        Case(
            "going back passes over what is retired",
            [
                .promoted(1), .staged(2), .promoted(2), .staged(3), .promoted(3), .retired(2),
            ], [nil, nil, nil, nil, nil, nil], live: 3, previous: 1, next: 4),
        Case(
            "an abandoned candidate's number is not used again",
            [.promoted(1), .staged(2), .retired(2), .staged(2)],
            [nil, nil, nil, "senseless"], live: 1, next: 3),
        Case(
            "a void number is not used again", [.promoted(1), .staged(7).following(-1)],
            [nil, "overtaken"], live: 1, next: 8),
        Case(
            "promoted twice", [.promoted(1), .promoted(1)], [nil, "senseless"], live: 1, next: 2),
        Case(
            "what is no release changes nothing", [.promoted(1), .garbage, .staged(2)],
            [nil, "undecodable", nil], live: 1, next: 3),
        Case("no version 0", [.promoted(0)], ["senseless"], live: nil, next: 1),
        Case(
            "a step of a later build", [.promoted(1), Step(.UNRECOGNIZED(99), 1)],
            [nil, "senseless"], live: 1, next: 2),
        Case(
            "a check of what is not there", [.promoted(1), .checked(2, "smoke")],
            [nil, "senseless"], live: 1, next: 3),
    ]

    @Test(arguments: cases)
    func `a record counts where it follows and makes sense`(_ row: Case) {
        let history = history(row.steps)
        #expect(history.entries.map { $0.void.map(Self.word) } == row.voids)
        #expect(history.live?.number == row.live)
        #expect(history.previous?.number == row.previous)
        #expect(history.nextVersion?.number == row.next)
        #expect(history.nextOffset == Int64(row.steps.count))
        let counting = history.entries.last { $0.void == nil }
        #expect(history.last == counting?.offset ?? -1)
    }

    private static func word(_ void: ReleaseHistory.Void) -> String {
        switch void {
        case .overtaken: "overtaken"
        case .senseless: "senseless"
        case .undecodable: "undecodable"
        }
    }

    @Test func `a version is candidate, live, standby and retired in turn`() {
        var steps: [Step] = [.promoted(1), .staged(2)]
        func state(_ number: Int) -> ReleasedVersion.State? {
            history(steps).versions[version(number)]?.state
        }
        #expect(state(2) == .candidate)
        steps.append(.promoted(2))
        #expect(state(2) == .live)
        #expect(state(1) == .standby)
        steps.append(.rolledBack(1))
        #expect(state(2) == .standby)
        steps.append(.retired(2))
        #expect(state(2) == .retired)
        #expect(history(steps).kept.map(\.version.number) == [1])
    }

    @Test func `a version has its rules from its stage, the last try of each gate and its pace`() {
        let history = history(
            .promoted(1), .staged(2, slot: "green", pace: 50),
            .checked(2, "smoke", passed: false, figure: "no"), .checked(2, "smoke", figure: "yes"),
            .paced(2, paused: true))
        let two = history.versions[version(2)]
        #expect(two?.staged.release.rulesName == "strict")
        #expect(two?.slot == "green")
        #expect(two?.gates["smoke"]?.release.gate.figure == "yes")
        #expect(two?.gates.count == 1)
        #expect(two?.pace.paused == true)
        #expect(two?.pace.uploadsPerSecond == 0)
    }

    @Test func `a record taken twice counts once`() {
        var twice = history(.promoted(1), .staged(2))
        let once = twice
        let again = Topics.releases.record(
            partition: 0, key: "release", value: once.entries[1].release)
        twice.take(
            Record(
                position: Position(again.topicPartition, offset: 1), timestampMilliseconds: 1_000,
                key: again.key, value: again.value, headers: []))
        #expect(twice == once)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `whatever is written, one version is live, and what is retired stays so`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var steps: [Step] = [.promoted(1)]
        var before = history(steps)
        for _ in 0..<30 {
            let number = UInt32.random(in: 1...5, using: &random)
            let kind: [Tacho_V1_ReleaseStep] = [
                .staged, .promoted, .rolledBack, .retired, .checked, .paced,
            ]
            var step = Step(kind.randomElement(using: &random)!, number)
            if Int.random(in: 0..<4, using: &random) == 0 {
                step.follows = Int64.random(in: -1...Int64(steps.count), using: &random)
            }
            steps.append(step)
            let after = history(steps)
            #expect(after.kept.filter { $0.state == .live }.count == 1, "seed \(seed)")
            #expect(after.live != after.previous, "seed \(seed)")
            for (version, was) in before.versions where was.state == .retired {
                #expect(after.versions[version]?.state == .retired, "seed \(seed)")
            }
            if after.entries.last?.void != nil {
                #expect(after.versions == before.versions, "seed \(seed)")
                #expect(after.last == before.last, "seed \(seed)")
            }
            before = after
        }
    }
}
