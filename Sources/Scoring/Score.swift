/// The score of a trip and who pays for it, in integers only.
///
/// `score = round(100 × (D + 10,000) / (D + 11,000 + 1,250 × W))`, halves up, with D the distance
/// in metres and W the weights of the events in halves.
struct Score: Equatable {
    /// 0…100.
    let points: Int
    /// What the short distance costs.
    let allowance: Int
    /// What each event costs, in the order given.
    let costs: [Int]

    /// The share of the prior that an infinitely long trip would not have.
    private static let allowanceShare = 1_000
    private static let sharePerHalf = 1_250

    /// The score of a trip of `distanceMeters` with events of these weights in halves.
    init(distanceMeters: Int, weights: [Int]) {
        let total = Score.allowanceShare + Score.sharePerHalf * weights.reduce(0, +)
        let numerator = 100 * (distanceMeters + 10_000)
        let denominator = distanceMeters + 10_000 + total
        points = (2 * numerator + denominator) / (2 * denominator)

        let shares = [Score.allowanceShare] + weights.map { $0 * Score.sharePerHalf }
        let lost = 100 - points
        var parts = shares.map { lost * $0 / total }
        let owed = lost - parts.reduce(0, +)
        let byRemainder = shares.indices.sorted {
            let (a, b) = (lost * shares[$0] % total, lost * shares[$1] % total)
            return a == b ? $0 < $1 : a > b
        }
        for index in byRemainder.prefix(owed) { parts[index] += 1 }
        allowance = parts[0]
        costs = Array(parts.dropFirst())
    }
}
