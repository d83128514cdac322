import SeededRandom
import Testing

@testable import Scoring

struct ScoreTests {
    @Test(arguments: [
        (5_000, [], 94), (50_000, [], 98), (5_000, [2], 81), (5_000, [4], 71),
        (50_000, [2], 94), (10_000, [Int](repeating: 2, count: 20), 28),
        (0, [], 91), (1_000_000_000, [], 100),
    ])
    func `the published examples come out`(distance: Int, weights: [Int], points: Int) {
        #expect(Score(distanceMeters: distance, weights: weights).points == points)
    }

    @Test func `halves round up`() {
        // 100 × (D + 10,000) / (D + 11,000) = 92.5 for D = 7,000 / 3: none in whole metres, so a
        // weight helps: 100 × 20,000 / (21,000 + 1,250 × W) = 62.5 for W = 8,8: none either.
        // D = 190,000: 100 × 200,000 / 201,000 = 99.502…, D = 189,000: 99.5 exactly.
        #expect(Score(distanceMeters: 189_000, weights: []).points == 100)
        #expect(Score(distanceMeters: 188_999, weights: []).points == 99)
    }

    @Test(arguments: [
        (Event.Kind.hardBrake, Event.Severity.moderate, 2), (.hardBrake, .severe, 4),
        (.hardAcceleration, .moderate, 2), (.hardAcceleration, .severe, 4),
        (.hardCorner, .moderate, 1), (.hardCorner, .severe, 2),
    ])
    func `corners weigh half and severe events double`(
        kind: Event.Kind, severity: Event.Severity, halves: Int
    ) {
        #expect(Weights().halves(kind, severity) == halves)
    }

    @Test func `what is lost is split by largest remainder, ties to the earlier`() {
        // D = 5,000, two moderate brakes: 100 × 15,000 / 21,000 = 71.4; 29 lost, shares 1,000 and
        // twice 2,500: 4.83, 12.08 and 12.08, so the one point owed goes to the allowance.
        let two = Score(distanceMeters: 5_000, weights: [2, 2])
        #expect(two == Score(distanceMeters: 5_000, weights: [2, 2]))
        #expect((two.points, two.allowance) == (71, 5))
        #expect(two.costs == [12, 12])
        // D = 5,000, three: 63.8, so 36 lost: 4.2, 10.6, 10.6, 10.6: two owed, to the first two.
        let three = Score(distanceMeters: 5_000, weights: [2, 2, 2])
        #expect((three.points, three.allowance) == (64, 4))
        #expect(three.costs == [11, 11, 10])
    }

    @Test(arguments: 0..<200)
    func `allowance and costs add up to what is lost`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let weights = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            [1, 2, 4].randomElement(using: &random) ?? 1
        }
        let distance = Int.random(in: 0...200_000, using: &random)
        let score = Score(distanceMeters: distance, weights: weights)
        #expect((0...100).contains(score.points), "seed \(seed)")
        #expect(score.allowance + score.costs.reduce(0, +) == 100 - score.points, "seed \(seed)")
        let reference = ReferenceScore.split(distance: distance, weights: weights)
        #expect(score.points == reference.score, "seed \(seed)")
        #expect([score.allowance] + score.costs == reference.parts, "seed \(seed)")
    }
}
