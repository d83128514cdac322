internal import Metrics
internal import Synchronization

/// What the gateway counts.
final class GatewayMeter: Sendable {
    private struct Key: Hashable {
        let route: String
        let code: Int
    }

    /// Points that are on the log.
    let points = Counter(label: "tacho_gateway_points_total")
    /// How long an append took, success or not.
    let append: Timer
    private let requests = Mutex<[Key: Counter]>([:])

    init(engine: String) {
        append = Timer(label: "tacho_log_append_duration_seconds", dimensions: [("engine", engine)])
    }

    /// Counts positions of a phone's app that are on the log.
    func take(client: String, count: Int) {
        Counter(label: "tacho_phone_positions_total", dimensions: [("client", client)])
            .increment(by: Int64(count))
    }

    /// Counts what a phone's app sent and nobody can use.
    func drop(client: String, reason: String, count: Int) {
        Counter(
            label: "tacho_phone_dropped_total",
            dimensions: [("client", client), ("reason", reason)]
        ).increment(by: Int64(count))
    }

    /// Counts a request that was answered with this code.
    func count(route: String, code: Int) {
        let counter = requests.withLock { requests in
            let key = Key(route: route, code: code)
            if let counter = requests[key] { return counter }
            let counter = Counter(
                label: "tacho_gateway_requests_total",
                dimensions: [("route", route), ("code", String(code))])
            requests[key] = counter
            return counter
        }
        counter.increment()
    }
}
