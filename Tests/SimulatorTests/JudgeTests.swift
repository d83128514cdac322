import Simulator
import Testing

@Suite struct `The judge` {
    private func truth(_ accelerations: [Double]) -> [JudgedEvent] {
        Judge.truth(accelerations.enumerated().map { (Int64($0.offset) * 1000, $0.element) })
    }

    @Test func `a run at 0.83 of the limit whose peak reaches 0.9 is an event`() {
        #expect(truth([0, -2.49, -2.69, -2.49, 0]).isEmpty)
        let brakes = truth([0, -2.49, -2.70, -2.49, -2.48, 0])
        #expect(brakes.count == 1)
        #expect(brakes[0].kind == .hardBrake)
        #expect(brakes[0].startMilliseconds == 0)
        #expect(brakes[0].endMilliseconds == 3_000)
        #expect(abs(brakes[0].peak - 0.9) < 1e-12)
        let mixed = truth([0, 2.5, 0, -3.3, 2.2, 2.3])
        #expect(mixed.map(\.kind) == [.hardBrake, .hardAcceleration, .hardAcceleration])
        #expect(mixed.last?.endMilliseconds == 5_000)
    }

    private func event(_ start: Int64, _ end: Int64, peak: Double = 0) -> JudgedEvent {
        JudgedEvent(
            kind: .hardBrake, startMilliseconds: start, endMilliseconds: end, peak: peak)
    }

    @Test func `each finding matches one true event within two seconds`() {
        let truth = [event(10_000, 12_000, peak: 1.2), event(30_000, 31_000, peak: 0.95)]
        func match(_ found: [JudgedEvent]) -> Tally {
            Judge.match(.hardBrake, truth: truth, found: found)
        }
        #expect(match([]) == Tally(mustFind: 1))
        #expect(
            match([event(14_000, 15_000)])
                == Tally(mustFind: 1, found: 1, detections: 1, right: 1))
        #expect(match([event(14_001, 15_000)]) == Tally(mustFind: 1, detections: 1))
        #expect(
            match([event(10_000, 11_000), event(11_000, 12_000)])
                == Tally(mustFind: 1, found: 1, detections: 2, right: 1))
        #expect(
            match([event(28_000, 28_000)]) == Tally(mustFind: 1, detections: 1, right: 1))
        #expect(
            Judge.match(.hardAcceleration, truth: truth, found: [event(10_000, 11_000)])
                == Tally())
    }

    @Test func `a tally adds up`() {
        var total = Tally(mustFind: 3, found: 2, detections: 4, right: 3)
        #expect(total.precision == 0.75)
        #expect(abs(total.recall - 2.0 / 3) < 1e-12)
        #expect(abs(total.f1 - 12.0 / 17) < 1e-12)
        total += Tally(mustFind: 1, found: 1, detections: 1, right: 1)
        #expect(total == Tally(mustFind: 4, found: 3, detections: 5, right: 4))
        #expect(Tally().f1 == 1)
    }
}
