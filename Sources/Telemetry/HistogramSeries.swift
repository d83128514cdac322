internal import CoreMetrics
internal import Synchronization

/// How often values fell into buckets.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
    private struct State {
        var counts: [Int64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: the buckets' upper bounds, rising; one without bound follows.
    init(_ bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // What is no number would spoil the sum for ever.
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let separator = labels.isEmpty ? "" : ","
        var below: Int64 = 0
        for (bound, count) in zip(bounds + [.infinity], counts) {
            below += count
            let bucket = "\(labels)\(separator)le=\"\(PrometheusText.number(bound))\""
            text.sample("\(name)_bucket", bucket, below)
        }
        text.sample("\(name)_sum", labels, sum)
        text.sample("\(name)_count", labels, below)
    }
}
