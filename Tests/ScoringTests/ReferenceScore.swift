/// The score and its breakdown as the specification words them, in the most obvious way.
enum ReferenceScore {
    static func split(distance: Int, weights: [Int]) -> (score: Int, parts: [Int]) {
        let w = weights.reduce(0) { $0 + $1 }
        // round(a / b), halves up, is the largest s with 2 b s <= 2 a + b.
        var score = 0
        let above = 100 * (distance + 10_000)
        let below = distance + 11_000 + 1_250 * w
        while 2 * below * (score + 1) <= 2 * above + below { score += 1 }

        // One point at a time to whoever is owed most, as the method of largest remainder does.
        let shares = [1_000] + weights.map { 1_250 * $0 }
        let whole = 1_000 + 1_250 * w
        let lost = 100 - score
        var parts: [Int] = []
        for share in shares {
            var part = 0
            while (part + 1) * whole <= lost * share { part += 1 }
            parts.append(part)
        }
        var given = [Bool](repeating: false, count: shares.count)
        while parts.reduce(0, +) < lost {
            var best = -1
            var most = -1
            for index in shares.indices where !given[index] {
                let remainder = lost * shares[index] - parts[index] * whole
                if remainder > most {
                    most = remainder
                    best = index
                }
            }
            given[best] = true
            parts[best] += 1
        }
        return (score, parts)
    }
}
