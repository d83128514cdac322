import ReleasePlans
import Testing
import Topics

@Suite struct StepPlanTests {
    private static let one = history(.promoted(1))
    private static let candidate = history(.promoted(1), .staged(2))
    private static let two = history(.promoted(1), .staged(2), .promoted(2))
    private static let back = history(.promoted(1), .staged(2), .promoted(2), .rolledBack(1))

    @Test(
        arguments: [
            (history(), request(), .nothingLive),
            (one, request(), nil),
            (one, request("default"), .sameResults(version(1), .live)),
            (candidate, request(), .sameResults(version(2), .candidate)),
            (candidate, request("mydriving"), nil),
            (two, request("default"), .sameResults(version(1), .standby)),
            (history(.promoted(1), .staged(2), .retired(2)), request(), nil),
            (history(.promoted(1), .staged(999_999)), request("mydriving"), .noNumberLeft),
        ] as [(ReleaseHistory, StageRequest, ReleaseRefusal?)])
    func `a candidate is staged where none gives the same results`(
        _ history: ReleaseHistory, _ request: StageRequest, _ expected: ReleaseRefusal?
    ) {
        #expect(
            refusal { () throws(ReleaseRefusal) in _ = try StagePlan(request, on: history) }
                == expected)
    }

    @Test func `the same results are staged again, from a start, or of another build`() throws {
        var again = request()
        again.again = true
        #expect(try StagePlan(again, on: Self.candidate).version.number == 3)
        var later = request()
        later.starts = [0: 17, 3: 4]
        later.base = version(1)
        let plan = try StagePlan(later, on: Self.candidate)
        #expect(plan.record.starts.map(\.partition) == [0, 3])
        #expect(plan.record.starts.map(\.offset) == [17, 4])
        #expect(plan.record.base == 1)
        var newer = request()
        newer.resultsRevision = 2
        #expect(try StagePlan(newer, on: Self.candidate).record.resultsRevision == 2)
    }

    @Test(
        arguments: [
            (["", ""], "blue"), (["", "blue"], "green"), (["", "green"], "blue"),
        ] as [([String], String)])
    func `a candidate goes to the slot that is not production`(_ slots: [String], _ slot: String)
        throws
    {
        let history = history(.promoted(1), .staged(2, slot: slots[1]), .promoted(2))
        #expect(try StagePlan(request("mydriving"), on: history).slot == slot)
        #expect(Slots(history).production == (slots[1].isEmpty ? nil : slots[1]))
        // The first version is in blue.
        #expect(Slots(Self.one).production == "blue")
        #expect(Slots(Self.one).staging == "green")
    }

    @Test func `a slot is named, must be one, and one that is taken is told`() throws {
        let history = history(.promoted(1), .staged(2, slot: "green"), .promoted(2))
        var wanted = request("mydriving")
        wanted.slot = "red"
        #expect(
            refusal { () throws(ReleaseRefusal) in _ = try StagePlan(wanted, on: history) }
                == .noSuchSlot("red"))
        wanted.slot = "green"
        let plan = try StagePlan(wanted, on: history)
        #expect(plan.slot == "green")
        #expect(plan.warnings.count == 1)
        #expect(plan.warnings.first?.hasPrefix("version 2 (live) is in slot green") == true)
    }

    @Test(
        arguments: [
            (history(), nil, .nothingLive),
            (one, nil, .noCandidate),
            (one, 1, .live(version(1))),
            (one, 2, .notStaged(version(2))),
            (candidate, nil, nil),
            (candidate, 2, nil),
            (
                history(.promoted(1), .staged(2), .staged(3)), nil,
                .ambiguous([version(2), version(3)])
            ),
            (history(.promoted(1), .staged(2), .staged(3)), 3, nil),
            (two, 1, nil),
            (two, 2, .live(version(2))),
            (history(.promoted(1), .staged(2), .retired(2)), 2, .retired(version(2))),
            (history(.promoted(1), .staged(2), .paced(2, paused: true)), nil, .paused(version(2))),
            (
                history(.promoted(1), .staged(2), .checked(2, "diff", passed: false, figure: "3")),
                nil, .gateFailed(version(2), gate: "diff", figure: "3")
            ),
            (
                history(
                    .promoted(1), .staged(2), .checked(2, "diff", passed: false),
                    .checked(2, "diff")), nil, nil
            ),
        ] as [(ReleaseHistory, Int?, ReleaseRefusal?)])
    func `a version is promoted that is kept and not live`(
        _ history: ReleaseHistory, _ number: Int?, _ expected: ReleaseRefusal?
    ) {
        #expect(
            refusal { () throws(ReleaseRefusal) in
                _ = try PromotePlan(number.flatMap { Version($0) }, on: history)
            } == expected)
    }

    @Test func `a promotion tells of gates that were not tried, and is refused while not whole`()
        throws
    {
        let all = history(
            .promoted(1), .staged(2), .checked(2, "await"), .checked(2, "diff"),
            .checked(2, "smoke"))
        #expect(try PromotePlan(nil, on: Self.candidate).warnings.count == 3)
        #expect(try PromotePlan(nil, on: all).warnings.isEmpty)
        #expect(
            refusal { () throws(ReleaseRefusal) in
                _ = try PromotePlan(nil, on: all, unseeded: [4])
            } == .notWhole(version(2), partitions: [4]))
        let failed = history(.promoted(1), .staged(2), .checked(2, "smoke", passed: false))
        #expect(
            try PromotePlan(nil, on: failed, isForced: true).warnings.contains {
                $0.hasPrefix("smoke did not pass")
            })
    }

    @Test func `every record carries the rules of its version`() throws {
        let promote = try PromotePlan(nil, on: Self.candidate)
        #expect(promote.record.rulesName == "strict")
        #expect(promote.record.rulesHash == "hash of strict")
        #expect(promote.record.step == .promoted)
        #expect(promote.from.number == 1)
        let rollback = try RollbackPlan(on: Self.two)
        #expect(rollback.record.rulesName == "default")
        #expect(rollback.record.resultsRevision == 1)
        #expect(try RetirePlan(version(1), on: Self.two).record.rulesName == "default")
        #expect(
            try PacePlan(nil, isPaused: true, on: Self.candidate).record.rulesName == "strict")
    }

    @Test(
        arguments: [
            (history(), nil, .nothingLive),
            (one, nil, .noPrevious(live: version(1))),
            (candidate, nil, .noPrevious(live: version(1))),
            (candidate, 2, .neverLive(version(2))),
            (two, nil, nil),
            (two, 2, .live(version(2))),
            (back, nil, .wentBackAlready(live: version(1), from: version(2))),
            (back, 2, nil),
            (
                history(.promoted(1), .staged(2), .promoted(2), .retired(1)), nil,
                .noPrevious(live: version(2))
            ),
        ] as [(ReleaseHistory, Int?, ReleaseRefusal?)])
    func `one goes back to what was live and is kept, and not forth again`(
        _ history: ReleaseHistory, _ number: Int?, _ expected: ReleaseRefusal?
    ) {
        #expect(
            refusal { () throws(ReleaseRefusal) in
                _ = try RollbackPlan(to: number.flatMap { Version($0) }, on: history)
            } == expected)
    }

    @Test(
        arguments: [
            (history(), 1, .nothingLive, 0),
            (one, nil, .live(version(1)), 0),
            (one, 1, .live(version(1)), 0),
            (two, nil, nil, 1),
            (two, 1, nil, 1),
            (candidate, 2, nil, 0),
            (candidate, nil, nil, 0),
            (
                history(.promoted(1), .staged(2), .promoted(2), .staged(3)), nil,
                .ambiguous([version(1), version(3)]), 0
            ),
            (history(.promoted(1), .staged(2), .retired(2)), 2, .retired(version(2)), 0),
            (
                history(.promoted(1), .staged(2), .promoted(2), .staged(3, base: 1)), 1, nil, 2
            ),
        ] as [(ReleaseHistory, Int?, ReleaseRefusal?, Int)])
    func `what is live is not retired, and what one would go back to is told`(
        _ history: ReleaseHistory, _ number: Int?, _ expected: ReleaseRefusal?, _ warnings: Int
    ) throws {
        let named = number.flatMap { Version($0) }
        #expect(
            refusal { () throws(ReleaseRefusal) in _ = try RetirePlan(named, on: history) }
                == expected)
        if expected == nil {
            #expect(try RetirePlan(named, on: history).warnings.count == warnings)
        }
    }

    @Test(
        arguments: [
            (candidate, nil, true, nil, nil),
            (candidate, nil, false, nil, .sameSpeed(version(2))),
            (candidate, nil, false, 20, nil),
            (one, 1, true, nil, .keepsNoPace(version(1))),
            (one, 1, false, 5, .keepsNoPace(version(1))),
            (two, 1, true, nil, .keepsNoPace(version(1))),
            (one, nil, true, nil, .noCandidate),
            (
                history(.promoted(1), .staged(2, pace: 5), .promoted(2)), 2, false, 0,
                .keepsNoPace(version(2))
            ),
            (history(.promoted(1), .staged(2), .paced(2, paused: true)), nil, false, nil, nil),
        ] as [(ReleaseHistory, Int?, Bool, UInt32?, ReleaseRefusal?)])
    func `what is or was live is neither paused nor slowed down`(
        _ history: ReleaseHistory, _ number: Int?, _ isPaused: Bool, _ rate: UInt32?,
        _ expected: ReleaseRefusal?
    ) {
        #expect(
            refusal { () throws(ReleaseRefusal) in
                _ = try PacePlan(
                    number.flatMap { Version($0) }, isPaused: isPaused, uploadsPerSecond: rate,
                    on: history)
            } == expected)
    }

    @Test func `a pause keeps the rate`() throws {
        let slow = history(.promoted(1), .staged(2, pace: 5))
        let pace = try PacePlan(nil, isPaused: true, on: slow).record.pace
        #expect(pace.paused)
        #expect(pace.uploadsPerSecond == 5)
    }

    @Test(
        arguments: [
            (one, "stage 2"), (candidate, "candidate 2"), (two, "production 2"),
            (
                history(
                    .promoted(1), .staged(2), .promoted(2),
                    .checked(2, "production", passed: false)),
                "production 2"
            ),
            (
                history(.promoted(1), .staged(2), .promoted(2), .checked(2, "production")),
                "done 2"
            ),
            (
                history(
                    .promoted(1), .staged(2), .promoted(2), .checked(2, "production"),
                    .rolledBack(1), .promoted(2)),
                "production 2"
            ),
        ] as [(ReleaseHistory, String)])
    func `a release goes on where it stopped`(_ history: ReleaseHistory, _ expected: String) throws
    {
        let plan = try RunPlan(request(), on: history)
        let word =
            switch plan {
            case .stage: "stage"
            case .candidate: "candidate"
            case .production: "production"
            case .done: "done"
            }
        #expect("\(word) \(plan.version.number)" == expected)
        #expect(plan.version == version(2))
    }

    @Test func `what was rolled back is not released again by itself`() {
        #expect(
            refusal { () throws(ReleaseRefusal) in _ = try RunPlan(request(), on: Self.back) }
                == .rolledBack(version(2)))
        #expect(
            refusal { () throws(ReleaseRefusal) in
                _ = try RunPlan(request("default"), on: Self.two)
            } == .sameResults(version(1), .standby))
        #expect((try? RunPlan(request("default"), on: Self.back)) == .done(version(1)))
    }

    @Test(
        arguments: [
            (.checked(2, "smoke"), .promoted, nil), (.paced(2, paused: true), .staged, nil),
            (.staged(3), .promoted, 2), (.staged(3), .staged, 2), (.staged(3), .checked, nil),
            (.retired(2), .promoted, 2), (.retired(2), .checked, 2),
            (.promoted(2), .checked, 2), (.promoted(2), .rolledBack, 2),
            (.retired(2).following(0), .promoted, nil),
        ] as [(Step, Tacho_V1_ReleaseStep, Int64?)])
    func `another's record undoes what it matters to`(
        _ theirs: Step, _ mine: Tacho_V1_ReleaseStep, _ offset: Int64?
    ) {
        let later = history(.promoted(1), .staged(2), theirs)
        let release = Step(mine, 2).release
        #expect(later.conflict(since: 2, with: release)?.offset == offset)
        #expect(later.conflict(since: 3, with: release) == nil)
        let behindANote = history(.promoted(1), .staged(2), .checked(2, "diff"), theirs)
        #expect(
            behindANote.conflict(since: 2, with: release)?.offset
                == (theirs.follows == nil ? offset.map { $0 + 1 } : nil))
    }

    @Test func `every plan is a record that counts`() throws {
        let plans: [(ReleaseHistory, any StepPlan)] = [
            (Self.one, try StagePlan(request(), on: Self.one)),
            (Self.candidate, try PromotePlan(nil, on: Self.candidate)),
            (Self.two, try RollbackPlan(on: Self.two)),
            (Self.two, try RetirePlan(nil, on: Self.two)),
            (Self.candidate, try PacePlan(nil, isPaused: true, on: Self.candidate)),
        ]
        for (before, plan) in plans {
            var step = Step(.checked, 1)
            step.release = plan.record
            let after = history(
                before.entries.map { entry in
                    var step = Step(.checked, 1)
                    step.release = entry.release
                    return step
                } + [step])
            #expect(after.entries.last?.void == nil, "\(plan.lines)")
            #expect(!plan.lines.isEmpty)
        }
    }
}
