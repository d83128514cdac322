internal import EventLog
internal import Logging
internal import Metrics
internal import Projection
internal import Synchronization
internal import Topics

/// One turn after the other of a projector, on its thread: records into rows, and rows that have
/// been silent for long shown as complete.
final class ProjectorTurn: Sendable {
    private struct State {
        var lastSweep = Int64.min
        var gauges: [TopicPartition: Gauge] = [:]
        var busy = Duration.zero
        var lastMeasured = ContinuousClock.now
    }

    private let projection: Projection
    private let settings: ProjectorSettings
    private let observer: ProjectorObserver
    private let logger: Logger
    private let started: Int64
    private let reading: BatchReading
    private let state = Mutex(State())
    private let endToEnd: Timer
    private let busyRatio: Gauge

    /// - Parameter started: when the projector began, in epoch milliseconds: the time that older
    ///   uploads took to be visible says nothing.
    init(
        projection: Projection, settings: ProjectorSettings, observer: ProjectorObserver,
        logger: Logger, started: Int64
    ) {
        self.projection = projection
        self.settings = settings
        self.observer = observer
        self.logger = logger
        self.started = started
        reading = BatchReading(
            version: projection.version, silenceMilliseconds: settings.silenceMilliseconds)
        let version = ("version", String(projection.version.number))
        endToEnd = Timer(label: "tacho_end_to_end_seconds", dimensions: [version])
        busyRatio = Gauge(label: "tacho_projection_writer_busy_ratio", dimensions: [version])
    }

    /// Writes what the records say, all or nothing, and looks for silence when it is time to.
    ///
    /// - Returns: the trips that changed.
    func take(_ records: [Record], now: Int64) throws -> [LiveFeed.Change] {
        let start = ContinuousClock.now
        defer { measure(busy: .now - start) }
        var changes: [LiveFeed.Change] = []
        if !records.isEmpty {
            let (batch, misfits) = reading.batch(of: records, now: now)
            try transaction { try projection.apply(batch) }
            for misfit in misfits {
                logger.error(
                    "A record is passed over.",
                    metadata: ["position": "\(misfit.position)", "why": "\(misfit.reason)"])
            }
            for (_, outcome) in batch.trips {
                guard case .row(let row) = outcome else { continue }
                changes.append(LiveFeed.Change(row))
                if row.lastUploadMilliseconds >= started {
                    endToEnd.recordMilliseconds(max(0, now - row.lastUploadMilliseconds))
                }
            }
            record(batch.positions)
        }
        changes += try sweep(now: now)
        do {
            try projection.checkpointIfDue()
        } catch {
            // Nothing is lost by it, and the next turn tries again.
            logger.warning("A checkpoint failed.", metadata: ["why": "\(error)"])
        }
        return changes
    }

    /// Shows trips as complete that have been silent for long.
    ///
    /// - Parameter isForced: also where the last look was a moment ago.
    func sweep(now: Int64, isForced: Bool = false) throws -> [LiveFeed.Change] {
        let last = state.withLock { $0.lastSweep }
        guard isForced || last == .min || now - last >= settings.sweepMilliseconds || now < last
        else {
            return []
        }
        let silent = try projection.silent(
            since: now - settings.silenceMilliseconds, limit: settings.sweepTrips)
        let rows = silent.compactMap { reading.shown($0, now: now) }
        if !rows.isEmpty { try transaction { try projection.show(rows) } }
        if silent.count < settings.sweepTrips { state.withLock { $0.lastSweep = now } }
        return rows.map { LiveFeed.Change($0) }
    }

    private func transaction(_ body: () throws -> Void) rethrows {
        observer.transaction(true)
        defer { observer.transaction(false) }
        try body()
    }

    private func record(_ positions: [TopicPartition: Int64]) {
        let version = String(projection.version.number)
        state.withLock { state in
            for (source, next) in positions {
                let gauge =
                    state.gauges[source]
                    ?? Gauge(
                        label: "tacho_projection_position",
                        dimensions: [
                            ("version", version), ("topic", source.topic.rawValue),
                            ("partition", String(source.partition)),
                        ])
                state.gauges[source] = gauge
                gauge.record(next)
            }
        }
    }

    private func measure(busy: Duration) {
        state.withLock { state in
            state.busy += busy
            let span = .now - state.lastMeasured
            guard span > .seconds(1) else { return }
            busyRatio.record(state.busy / span)
            state.busy = .zero
            state.lastMeasured = .now
        }
    }
}
