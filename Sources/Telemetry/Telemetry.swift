public import CoreMetrics
internal import Synchronization

/// Keeps metrics and writes them in Prometheus' text format.
///
/// Names and labels are used as they come; a character that Prometheus does not allow becomes
/// `_`. Timers and recorders that aggregate are histograms, timers in seconds; other recorders and
/// meters are gauges.
public final class Telemetry: MetricsFactory {
    private let limits: TelemetryLimits
    private let buckets: [String: [Double]]
    private let families = Mutex(Families())
    private let dropped = CounterSeries()

    private struct Families {
        var byName: [String: Family] = [:]
        var series = 0
    }

    /// Makes an empty registry.
    ///
    /// - Parameter buckets: upper bounds of a histogram's buckets by metric name, rising, for
    ///   those that ``TelemetryLimits/buckets`` do not suit.
    public init(limits: TelemetryLimits = TelemetryLimits(), buckets: [String: [Double]] = [:]) {
        self.limits = limits
        self.buckets = buckets
    }

    /// All metrics as they are now, by name, then by label.
    public func text() -> [UInt8] {
        let families = families.withLock { $0.byName }
        var text = PrometheusText()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text.type(of: name, family.kind)
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name, labels, to: &text)
            }
        }
        text.type(of: TelemetryLimits.droppedSeries, .counter)
        dropped.write(TelemetryLimits.droppedSeries, "", to: &text)
        return text.bytes
    }

    /// A counter; the same one for the same name and labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter) { CounterSeries() }
    }

    /// A counter of fractions.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter) { FractionSeries() }
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge) { GaugeSeries() }
    }

    /// A histogram where `aggregate` is true, else a gauge.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            return series(label, dimensions, .histogram) { HistogramSeries(bounds(label)) }
        }
        return series(label, dimensions, .gauge) { GaugeSeries() }
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram) { HistogramSeries(bounds(label)) }
    }

    // A metric lives as long as the process: one that vanished would look like a restart.

    /// Does nothing.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Does nothing.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Does nothing.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func bounds(_ label: String) -> [Double] { buckets[label] ?? limits.buckets }

    /// The series of that name and those labels; one that is not kept where there are too many, or
    /// where the name belongs to another kind.
    private func series<S: Series>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricKind, _ make: () -> S
    ) -> S {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        let kept = families.withLock { families -> S? in
            var family = families.byName[name] ?? Family(kind: kind)
            if let series = family.series[labels] { return series as? S }
            guard family.kind == kind, families.series < limits.series else { return nil }
            let series = make()
            family.series[labels] = series
            families.byName[name] = family
            families.series += 1
            return series
        }
        if let kept { return kept }
        dropped.increment(by: 1)
        return make()
    }
}

/// All series of one name.
struct Family {
    let kind: MetricKind
    var series: [String: any Series] = [:]
}
