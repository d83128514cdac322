internal import CoreMetrics
internal import Synchronization

/// One metric with its labels.
protocol Series: AnyObject, Sendable {
    func write(_ name: String, _ labels: String, to text: inout PrometheusText)
}

/// A count.
final class CounterSeries: Series, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { count.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.sample(name, labels, count.load(ordering: .relaxed))
    }
}

/// A fraction that others change at the same time.
struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (done, now) = bits.weakCompareExchange(
                expected: old, desired: new, ordering: .relaxed)
            if done { return }
            old = now
        }
    }
}

/// A count of fractions.
final class FractionSeries: Series, FloatingPointCounterHandler {
    private let sum = AtomicDouble()

    func increment(by amount: Double) { sum.add(amount) }

    func reset() { sum.set(0) }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.sample(name, labels, sum.value)
    }
}

/// A value that goes up and down.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    private let current = AtomicDouble()

    func set(_ value: Int64) { current.set(Double(value)) }
    func set(_ value: Double) { current.set(value) }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }
    func record(_ value: Int64) { current.set(Double(value)) }
    func record(_ value: Double) { current.set(value) }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.sample(name, labels, current.value)
    }
}
