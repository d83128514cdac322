/// How much telemetry keeps.
public struct TelemetryLimits: Equatable, Sendable {
    /// Counts series that were not kept, because there were too many.
    public static let droppedSeries = "tacho_telemetry_dropped_series_total"

    /// Series that are kept, over all names: each combination of labels is one.
    public var series = 10_000
    /// Upper bounds of a histogram's buckets, rising; for timers in seconds.
    public var buckets = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// 10,000 series, unless said otherwise.
    public init() {}
}
