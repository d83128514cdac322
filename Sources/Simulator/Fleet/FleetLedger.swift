internal import Synchronization

/// What a fleet's drivers count together while they run.
final class FleetLedger: Sendable {
    private struct State {
        var report: FleetReport
        var latencies = Latencies()
        var sent: [SentTrip] = []
    }

    private let state: Mutex<State>
    private let start = ContinuousClock.now

    init(seed: UInt64, drivers: Int) {
        state = Mutex(State(report: FleetReport(seed: seed, drivers: drivers)))
    }

    func took(points: Int, attempts: Int, in duration: Duration) {
        state.withLock {
            $0.report.uploads += 1
            $0.report.points += points
            $0.report.retries += attempts - 1
            $0.latencies.add(duration)
        }
    }

    func failed(_ reason: String) {
        state.withLock { $0.report.failures[reason, default: 0] += 1 }
    }

    func ended(_ trip: SentTrip, isKept: Bool) {
        state.withLock {
            $0.report.trips += 1
            if isKept { $0.sent.append(trip) }
        }
    }

    /// The trips to be checked.
    var sent: [SentTrip] { state.withLock { $0.sent } }

    /// The report as of now.
    func report() -> FleetReport {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return state.withLock { state in
            var report = state.report
            report.seconds = seconds
            report.uploadsPerSecond = Double(report.uploads) / max(seconds, 1e-9)
            report.pointsPerSecond = Double(report.points) / max(seconds, 1e-9)
            report.latency = FleetReport.Latency(
                p50: state.latencies.milliseconds(atShare: 0.5),
                p99: state.latencies.milliseconds(atShare: 0.99),
                longest: state.latencies.longest / .milliseconds(1))
            return report
        }
    }
}

/// A trip that was sent whole, with where its end lies on the log.
struct SentTrip: Sendable {
    var trip: SimulatedTrip
    var position: String?
}
