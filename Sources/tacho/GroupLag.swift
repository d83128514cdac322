import EmbeddedLog
import EventLog
import Logging
import Metrics
import ServiceLifecycle
import Topics

/// How far a group is behind the uploads.
struct GroupLag {
    /// Records not yet consumed, a partition.
    var records: [TopicPartition: Int64] = [:]
    /// Seconds since the log took the oldest record not yet consumed; 0 where there is none.
    var seconds = 0.0

    /// Records of all partitions.
    var total: Int64 { records.values.reduce(0, +) }

    /// Reads it off the log.
    init(of group: String, on log: any EventLog, now: Int64) async throws(LogError) {
        let committed = try await log.committed(group: group)
        var oldest: Int64?
        for (source, range) in try await log.offsets(of: Topics.tripUploads.name) {
            let next = max(committed[source] ?? 0, range.lowerBound)
            records[source] = max(0, range.upperBound - next)
            guard next < range.upperBound else { continue }
            let first = try await log.read(
                from: [source: next], limit: ReadLimit(records: 1), wait: .zero)
            if let time = first.first?.timestampMilliseconds {
                oldest = min(oldest ?? time, time)
            }
        }
        seconds = oldest.map { Double(max(0, now - $0)) / 1_000 } ?? 0
    }
}

/// Keeps the metrics of lag and of the live version true.
struct LagMeter: Service {
    let log: any EventLog
    let version: Version
    private static let interval = Duration.seconds(5)

    func run() async throws {
        let logger = Logger(label: "tacho.lag")
        Gauge(label: "tacho_live_version").record(version.number)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await record()
                    try await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("lag is not known", metadata: ["error": "\(error)"])
                    guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
                }
            }
        }
    }

    private func record() async throws {
        let group = version.scorerGroup
        let lag = try await GroupLag(of: group, on: log, now: systemMilliseconds())
        for (source, records) in lag.records {
            Gauge(
                label: "tacho_group_lag_records",
                dimensions: [
                    ("group", group), ("topic", source.topic.rawValue),
                    ("partition", String(source.partition)),
                ]
            ).record(records)
        }
        Gauge(label: "tacho_group_lag_seconds", dimensions: [("group", group)]).record(lag.seconds)
    }
}
