import SeededRandom

extension SplitMix {
    /// A value of the normal distribution with mean 0 and variance 1, nearly.
    mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
    }
}
