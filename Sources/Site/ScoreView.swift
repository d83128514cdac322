internal import Topics

/// Why a trip's score is what it is: a sum that ends at the score; and what would make it better.
struct ScoreView {
    /// What took points.
    struct Line {
        let cause: String
        let pointsLost: String
    }

    /// The score; nil where there is none.
    let total: Int?
    /// Why there is none.
    let reason: String
    let breakdown: [Line]
    /// What to do, the dearest first.
    let advice: [String]
    let isDriving: Bool

    /// The explanation of a trip's score.
    init(_ message: Tacho_V1_TripScore, isDriving: Bool) {
        total = message.hasScore ? Int(message.score) : nil
        reason = Words.unscorable(message.hasUnscorable ? message.unscorable : "noPoints")
        breakdown = message.breakdown.map { item in
            let cause = Words.kind(item.cause)
            return Line(
                cause: item.hasCount
                    ? Words.count(Int64(item.count), cause) : Words.sentence("the \(cause)"),
                pointsLost: "−\(item.points)")
        }
        advice = message.breakdown.sorted { $0.points > $1.points }
            .compactMap { item in Self.advice(item) }
        self.isDriving = isDriving
    }

    private static func advice(_ item: Tacho_V1_BreakdownItem) -> String? {
        let much = EventView.cost(Int64(item.points))
        return switch item.cause {
        case "hardBrake":
            """
            Brake earlier and softer: braking took \(much). Look further ahead, keep more distance, \
            and come off the accelerator as soon as you see that you will have to slow down.
            """
        case "hardAcceleration":
            """
            Press the accelerator more gently: it took \(much). A few seconds more to the same \
            speed cost no time worth mentioning.
            """
        case "hardCorner":
            """
            Take corners more slowly: they took \(much). Finish braking before you turn in, and \
            accelerate when the road is straight again.
            """
        case "shortDistance":
            """
            \(Words.sentence(much)) of this are nobody’s fault: a short trip says little of a \
            driver, so none begins quite at 100. The allowance is 6 points after 5 km, 2 after \
            50 km, and fades from there.
            """
        default: nil
        }
    }
}
