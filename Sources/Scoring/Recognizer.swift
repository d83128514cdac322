/// A small network that tells whether a second belongs to a hard manoeuvre, where only positions
/// are known.
///
/// It sees the speed along the way in the second, in the 8 before and the 6 after it. Two layers of
/// 16 rectified sums lead to one value: the logarithm of the odds. The weights were fitted to
/// simulated drives under position noise of several strengths; `train-recognizer.py`, beside the
/// drives that the tests use, makes them again. Smoothing alone finds a quarter fewer of the hard
/// accelerations at the same precision.
///
/// Sums are in a fixed order and in single precision, so that results are equal to the bit
/// everywhere.
struct Recognizer: Sendable {
    /// Seconds before the one in question that are looked at.
    static let before = 8
    /// Seconds that are looked at.
    static let window = 15
    static let width = 16

    /// The limit that the network was fitted for, m/s².
    let limit: Double
    /// The value from which a second begins a manoeuvre.
    let onset: Float
    /// The value down to which a manoeuvre lasts.
    let release: Float
    /// For each of the speeds, then for the speed itself, then for 1: what it adds to each sum.
    let first: [SIMD16<Float>]
    /// For each sum of the first layer, then for 1: what it adds to each sum of the second.
    let second: [SIMD16<Float>]
    /// What each sum of the second layer adds to the value.
    let third: SIMD16<Float>
    let bias: Float

    /// A network from its weights in hundredths, in the order of its layers.
    init(limit: Double, onset: Float, release: Float, hundredths: [Int16]) {
        precondition(hundredths.count == 17 * 16 + 17 * 16 + 16 + 1)
        func row(_ index: Int) -> SIMD16<Float> {
            var row = SIMD16<Float>()
            for lane in 0..<16 { row[lane] = Float(hundredths[index * 16 + lane]) / 100 }
            return row
        }
        self.limit = limit
        self.onset = onset
        self.release = release
        first = (0..<17).map { row($0) }
        second = (0..<17).map { row(17 + $0) }
        third = row(34)
        bias = Float(hundredths[hundredths.count - 1]) / 100
    }

    /// The value for the second at `index`, whose speeds are first multiplied by `scale`.
    func value(at index: Int, of stretch: borrowing Stretch, scale: Double) -> Float {
        let speeds = stretch.withCells { cells in
            InlineArray<15, Double> { cells[clamping: index + $0 - Recognizer.before].along }
        }
        let now = (speeds[7] + speeds[8] + speeds[9]) * scale / 3
        var sums = first[16]
        for place in 0..<Recognizer.window {
            sums += first[place] * Float((speeds[place] * scale - now) / 4)
        }
        sums += first[15] * Float(min(now, 25) / 10 - 1)
        sums = Recognizer.rectified(sums)
        var next = second[16]
        for place in 0..<Recognizer.width { next += second[place] * sums[place] }
        next = Recognizer.rectified(next) * third
        var value = bias
        for place in 0..<Recognizer.width { value += next[place] }
        return value
    }

    private static func rectified(_ sums: SIMD16<Float>) -> SIMD16<Float> {
        sums.replacing(with: 0, where: sums .< 0)
    }
}
