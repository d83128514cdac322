/// Random numbers that a seed decides (SplitMix64, by Steele, Lea and Flood): the same on every
/// machine and for ever.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The sequence of a seed.
    public init(seed: UInt64) { state = seed }

    /// A sequence of its own for a part of what a seed decides, so that more random numbers in one
    /// part change nothing in another.
    public init(seed: UInt64, part: String, index: Int = 0) {
        var hash = Fingerprint()
        hash.absorb(part)
        hash.absorb(Int64(index))
        hash.absorb(Int64(bitPattern: seed))
        state = hash.low64
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number from 0 up to 1.
    public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number between two.
    public mutating func between(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * fraction()
    }

    /// Whether something of this probability happens.
    public mutating func happens(_ probability: Double) -> Bool { fraction() < probability }

    /// A number of the normal distribution with mean 0 and deviation 1, near enough: the sum of
    /// twelve fractions less six, which needs no logarithm that could differ between machines.
    public mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += fraction() }
        return sum
    }
}
