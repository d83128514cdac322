import Trips

@testable import Scoring

/// The slow way from the seconds of a stretch to speeds, directions and accelerations: plain arrays
/// over the whole stretch. Only the fitted weights, which are data, come from the product.
struct ReferenceMotion {
    let seconds: [ReferenceTrack.Second]
    let along: [Double]
    /// Smoothed, by positions.
    let acceleration: [Double]
    let left: [Double]
    /// Whether the vehicle's own speed is believed; nil where there is none, or too little.
    let agrees: [Bool?]

    init(_ seconds: [ReferenceTrack.Second]) {
        self.seconds = seconds
        let count = seconds.count
        var directions: [(Double, Double)] = []
        var along: [Double] = []
        for index in 0..<count {
            var east = seconds[index].east
            var north = seconds[index].north
            for reach in 1...4 where east * east + north * north < 625 {
                for other in [index - reach, index + reach] where (0..<count).contains(other) {
                    east += seconds[other].east
                    north += seconds[other].north
                }
            }
            let length = (east * east + north * north).squareRoot()
            directions.append(length > 0 ? (east / length, north / length) : (0, 0))
            let own = seconds[index].east * east + seconds[index].north * north
            along.append(length > 0 ? own / length : 0)
        }
        self.along = along
        func clamped(_ index: Int) -> Int { index < 0 ? 0 : index >= count ? count - 1 : index }
        func filtered(_ values: [Double], _ index: Int, _ weights: [Double]) -> Double {
            var sum = 0.0
            for (place, weight) in weights.enumerated() {
                sum +=
                    weight
                    * (values[clamped(index + place + 1)] - values[clamped(index - place - 1)])
            }
            return sum
        }
        let quick = [0.1343, 0.1299, 0.0610, 0.0089, -0.0098, -0.0090]
        let calm = [0.0790, 0.0935, 0.0647, 0.0296, 0.0060, -0.0044]
        acceleration = seconds.indices.map { filtered(along, $0, quick) }
        left = seconds.indices.map {
            let north = filtered(seconds.map(\.north), $0, calm)
            let east = filtered(seconds.map(\.east), $0, calm)
            return directions[$0].0 * north - directions[$0].1 * east
        }
        agrees = seconds.indices.map { Self.agreement(seconds, along, at: $0) }
    }

    private static func agreement(
        _ seconds: [ReferenceTrack.Second], _ along: [Double], at index: Int
    ) -> Bool? {
        guard seconds[index].speedBefore != nil, seconds[index].speedAfter != nil else {
            return nil
        }
        var driven = 0.0
        var moved = 0.0
        var agrees: Bool? = true
        for other in index - 4...index + 4 where seconds.indices.contains(other) {
            guard let before = seconds[other].speedBefore, let after = seconds[other].speedAfter
            else { return agrees == false ? false : nil }
            driven += (before + after) / 7_200
            moved += along[other]
            if abs((after - before) / 3_600) > 12 { agrees = false }
        }
        if abs(driven - moved) > 10 + 0.15 * max(driven, moved) { agrees = false }
        return agrees
    }

    func clamped(_ index: Int) -> Int { min(max(index, 0), seconds.count - 1) }

    /// Speeds of the 8 seconds before, the second itself and the 6 after.
    func window(_ index: Int) -> [Double] { (-8...6).map { along[clamped(index + $0)] } }

    func speed(_ a: Int, _ b: Int) -> Double { (along[clamped(a)] + along[clamped(b)]) / 2 }

    /// Metres per hour.
    func speed(at index: Int) -> Double {
        if agrees[index] == true, let speed = seconds[index].speedAfter { return speed }
        let window = window(index)
        return max(0, window[7] + window[8] + window[9]) * 1_200
    }

    func vehicleAcceleration(_ index: Int) -> Double {
        let second = seconds[clamped(index)]
        return ((second.speedAfter ?? -1) - (second.speedBefore ?? -1)) / 3_600
    }

    /// The network, neuron by neuron.
    static func network(_ recognizer: Recognizer, _ speeds: [Double], scale: Double) -> Float {
        let now = (speeds[7] + speeds[8] + speeds[9]) * scale / 3
        let inputs =
            speeds.map { Float(($0 * scale - now) / 4) } + [Float(min(now, 25) / 10 - 1)]
        var first: [Float] = []
        for neuron in 0..<16 {
            var sum = recognizer.first[16][neuron]
            for (place, input) in inputs.enumerated() {
                sum += recognizer.first[place][neuron] * input
            }
            first.append(sum < 0 ? 0 : sum)
        }
        var value = recognizer.bias
        for neuron in 0..<16 {
            var sum = recognizer.second[16][neuron]
            for (place, input) in first.enumerated() {
                sum += recognizer.second[place][neuron] * input
            }
            value += (sum < 0 ? 0 : sum) * recognizer.third[neuron]
        }
        return value
    }
}
