internal import Topics

/// How good a trip's data were, in plain words.
struct QualityView {
    /// The whole in a sentence or two; nil where there are no readings.
    let sentences: [String]
    /// What was wrong, a sentence each.
    let problems: [String]

    /// The quality of a trip's data.
    init(_ quality: Tacho_V1_Quality) {
        guard quality.readings > 0 else {
            sentences = ["There are no readings yet."]
            problems = []
            return
        }
        let share = Int64(quality.used) * 100 / Int64(quality.readings)
        let verdict =
            share >= 95
            ? "The data are good" : share >= 70 ? "The data are fair" : "The data are poor"
        sentences =
            [
                """
                \(verdict): \(quality.used) of \(quality.readings) readings were used (\(share) %), \
                \(quality.repaired) of them after a correction.
                """,
                """
                The longest time without a good reading was \
                \(Words.duration(milliseconds: quality.largestGapMs)).
                """,
            ] + (quality.problems.isEmpty ? ["Nothing was wrong with them."] : [])
        problems = quality.problems.map { Words.problem($0.kind, $0.count) }
    }
}
