import CoreMetrics
import Telemetry
import Testing

struct TelemetryTests {
    private func lines(_ telemetry: Telemetry) -> [Substring] {
        String(decoding: telemetry.text(), as: UTF8.self).split(separator: "\n")
    }

    @Test func `metrics are written as Prometheus reads them`() {
        let telemetry = Telemetry(buckets: ["tacho_score": [10, 100]])
        let requests = Counter(
            label: "tacho_requests_total", dimensions: [("route", "/v1"), ("code", "202")],
            factory: telemetry)
        requests.increment()
        requests.increment(by: 2)
        Gauge(label: "tacho_lag", factory: telemetry).record(-3)
        let meter = Meter(label: "tacho_busy", factory: telemetry)
        meter.set(1)
        meter.increment(by: 0.5)
        meter.decrement(by: 0.25)
        let score = Recorder(label: "tacho_score", factory: telemetry)
        for value in [0, 10, 11, 100, 101, 1_000] { score.record(value) }
        score.record(Double.nan)
        FloatingPointCounter(label: "tacho_seconds_total", factory: telemetry).increment(by: 0.25)
        #expect(
            lines(telemetry) == [
                "# TYPE tacho_busy gauge", "tacho_busy 1.25", "# TYPE tacho_lag gauge",
                "tacho_lag -3.0", "# TYPE tacho_requests_total counter",
                #"tacho_requests_total{code="202",route="/v1"} 3"#, "# TYPE tacho_score histogram",
                #"tacho_score_bucket{le="10.0"} 2"#, #"tacho_score_bucket{le="100.0"} 4"#,
                #"tacho_score_bucket{le="+Inf"} 6"#, "tacho_score_sum 1222.0",
                "tacho_score_count 6",
                "# TYPE tacho_seconds_total counter", "tacho_seconds_total 0.25",
                "# TYPE tacho_telemetry_dropped_series_total counter",
                "tacho_telemetry_dropped_series_total 0",
            ])
    }

    @Test func `timers are in seconds`() {
        let telemetry = Telemetry()
        let timer = Timer(
            label: "tacho_append_seconds", dimensions: [("engine", "embedded")], factory: telemetry)
        timer.recordMilliseconds(3)
        timer.recordSeconds(20)
        let lines = lines(telemetry)
        #expect(lines.contains(#"tacho_append_seconds_bucket{engine="embedded",le="0.0025"} 0"#))
        #expect(lines.contains(#"tacho_append_seconds_bucket{engine="embedded",le="0.005"} 1"#))
        #expect(lines.contains(#"tacho_append_seconds_bucket{engine="embedded",le="10.0"} 1"#))
        #expect(lines.contains(#"tacho_append_seconds_bucket{engine="embedded",le="+Inf"} 2"#))
        #expect(lines.contains(#"tacho_append_seconds_sum{engine="embedded"} 20.003"#))
    }

    @Test func `a series is the same however often it is made`() {
        let telemetry = Telemetry()
        for _ in 0..<3 {
            Counter(label: "a", dimensions: [("x", "1"), ("y", "2")], factory: telemetry)
                .increment()
            Counter(label: "a", dimensions: [("y", "2"), ("x", "1")], factory: telemetry)
                .increment()
        }
        #expect(lines(telemetry).contains(#"a{x="1",y="2"} 6"#))
    }

    @Test func `names and labels cannot break a line`() {
        let telemetry = Telemetry()
        Counter(
            label: "9 lives\n", dimensions: [("la:bel", "a\"b\\c\nd")], factory: telemetry
        ).increment()
        #expect(lines(telemetry).contains(#"_9_lives_{la_bel="a\"b\\c\nd"} 1"#))
    }

    @Test func `series beyond the limit, and names of another kind, are dropped and counted`() {
        var limits = TelemetryLimits()
        limits.series = 2
        let telemetry = Telemetry(limits: limits)
        for index in 0..<5 {
            Counter(label: "a", dimensions: [("x", "\(index)")], factory: telemetry).increment()
        }
        Meter(label: "a", factory: telemetry).set(1)
        let lines = lines(telemetry)
        #expect(lines.filter { $0.hasPrefix("a") } == [#"a{x="0"} 1"#, #"a{x="1"} 1"#])
        #expect(lines.last == "tacho_telemetry_dropped_series_total 4")
    }

    @Test func `nothing is lost when many count at a time`() async {
        let telemetry = Telemetry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "a", factory: telemetry)
                    let sum = FloatingPointCounter(label: "b", factory: telemetry)
                    let histogram = Recorder(label: "c", factory: telemetry)
                    for _ in 0..<10_000 {
                        counter.increment()
                        sum.increment(by: 0.5)
                        histogram.record(1)
                    }
                }
            }
        }
        let lines = lines(telemetry)
        #expect(lines.contains("a 80000") && lines.contains("b 40000.0"))
        #expect(lines.contains("c_count 80000"))
    }
}
