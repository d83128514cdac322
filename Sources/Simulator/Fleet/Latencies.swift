/// Durations counted in buckets that are a sixteenth of an octave wide: any number of them in
/// little room, percentiles right to seven per cent.
struct Latencies: Sendable {
    private var buckets = Array(repeating: 0, count: 64 * 16)
    private(set) var count = 0
    private(set) var longest = Duration.zero

    mutating func add(_ duration: Duration) {
        let nanoseconds = max(1, Double(duration / .nanoseconds(1)))
        let part = Int((nanoseconds.significand - 1) * 16)
        buckets[min(Int(nanoseconds.exponent), 63) * 16 + part] += 1
        count += 1
        longest = max(longest, duration)
    }

    /// Milliseconds that a share, 0…1, of the durations does not exceed; 0 where there is none.
    func milliseconds(atShare share: Double) -> Double {
        var left = Int((Double(count) * share).rounded(.up))
        for (index, number) in buckets.enumerated() where number > 0 {
            left -= number
            if left <= 0 {
                let octave = Double(sign: .plus, exponent: index / 16, significand: 1)
                return octave * (1 + (Double(index % 16) + 1) / 16) / 1e6
            }
        }
        return 0
    }
}
