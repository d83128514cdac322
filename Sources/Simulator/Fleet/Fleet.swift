internal import Trips

/// Drives a simulation through a gateway, as phones would: each driver sends what is due, when it
/// is due, and again where it failed.
public struct Fleet: Sendable {
    /// How a fleet runs.
    public struct Options: Sendable {
        /// Seconds of driving a second; 1 is real time, nil as fast as answers come.
        public var speed: Double? = 1
        /// Trips in all; nil for drivers that never stop.
        public var trips: Int? = 100
        /// Whether to ask a reader afterwards, where trips have an end.
        public var isVerified = true
        /// How long to wait between two words of progress.
        public var progressInterval = Duration.seconds(1)

        /// The defaults that each property names.
        public init() {}
    }

    private let simulation: Simulation
    private let gateway: UploadClient
    private let reader: UploadClient
    private let options: Options

    /// A fleet that sends to a gateway and, unless told otherwise, asks it as a reader.
    public init(
        _ simulation: Simulation, gateway: UploadClient, reader: UploadClient? = nil,
        options: Options = Options()
    ) {
        precondition(options.speed.map { $0 > 0 } ?? true)
        self.simulation = simulation
        self.gateway = gateway
        self.reader = reader ?? gateway
        self.options = options
    }

    /// Runs until all trips are sent, or the task is cancelled, which ends a run in good order:
    /// then the report tells what was done so far.
    ///
    /// - Parameter progress: Told how the run stands, now and then.
    public func run(
        progress: @escaping @Sendable (FleetReport) -> Void = { _ in }
    ) async -> FleetReport {
        let ledger = FleetLedger(seed: simulation.seed, drivers: simulation.drivers)
        await withTaskGroup(of: Void.self) { group in
            let interval = options.progressInterval
            group.addTask {
                while (try? await Task.sleep(for: interval)) != nil { progress(ledger.report()) }
            }
            await withTaskGroup(of: Void.self) { drivers in
                let begin = ContinuousClock.now
                for driver in 0..<simulation.drivers {
                    drivers.addTask { await drive(driver, since: begin, ledger) }
                }
            }
            group.cancelAll()
        }
        var report = ledger.report()
        if options.isVerified, options.trips != nil, !Task.isCancelled {
            report.verdict = await FleetCheck(reader: reader).verdict(on: ledger.sent)
        }
        return report
    }

    /// One driver's trips. A trip that could not be sent whole is left, and the next begins.
    private func drive(
        _ driver: Int, since begin: ContinuousClock.Instant, _ ledger: FleetLedger
    ) async {
        var left = options.trips.map { simulation.share(of: driver, in: $0) } ?? Int.max
        for trip in simulation.drives(of: driver) {
            if left == 0 || Task.isCancelled { return }
            left -= 1
            do {
                let position = try await send(trip, since: begin, ledger)
                ledger.ended(
                    SentTrip(trip: trip, position: position),
                    isKept: options.isVerified && options.trips != nil)
            } catch is CancellationError {
                return
            } catch let error as TripImport.Failure {
                if case .refused(_, let status, _) = error { ledger.failed("status \(status)") }
            } catch {
                ledger.failed("\(error)")
            }
        }
    }

    private func send(
        _ trip: SimulatedTrip, since begin: ContinuousClock.Instant, _ ledger: FleetLedger
    ) async throws -> String? {
        for upload in trip.uploads {
            try await wait(until: upload.dueMilliseconds, since: begin)
            let body = PointJSON.body(
                user: trip.user, points: upload.indices.map { trip.points[$0] })
            _ = try await post(trip.id, "points", body, points: upload.indices.count, ledger)
        }
        return try await post(trip.id, "end", [], points: 0, ledger)
    }

    /// Posts one upload and answers with the position that it has on the log.
    private func post(
        _ id: TripID, _ part: String, _ body: [UInt8], points: Int, _ ledger: FleetLedger
    ) async throws -> String? {
        let start = ContinuousClock.now
        let response = try await gateway.post(
            path: TripImport.path(id, part),
            headers: body.isEmpty ? [] : [.init("Content-Type", "application/json")], body: body)
        guard response.status == 202 else {
            throw TripImport.Failure.refused(
                trip: id, status: response.status, body: response.text)
        }
        ledger.took(
            points: points, attempts: response.attempts, in: ContinuousClock.now - start)
        return response[header: "Tacho-Position"]
    }

    private func wait(
        until milliseconds: Int64, since begin: ContinuousClock.Instant
    ) async throws {
        try Task.checkCancellation()
        guard let speed = options.speed else { return }
        let driven = Double(milliseconds - simulation.options.startMilliseconds) / 1000
        try await Task.sleep(until: begin + .seconds(driven / speed), clock: .continuous)
    }
}
