import ArgumentParser
import EmbeddedLog
import Foundation
import Simulator

/// `tacho drive`: a simulated fleet through the gateway, compared with the truth.
struct Drive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a simulated fleet drive, and compare what comes back with the truth.",
        discussion: """
            The same seed drives the same trips, so that driving again changes nothing.

            Example: tacho drive --drivers 20 --trips 40 --speed max
            Exits with 3 where a trip is missing, doubled or not whole.
            """)

    @OptionGroup var server: ServerOptions

    @Option(help: "Drivers on the road at once.")
    var drivers = 10

    @Option(help: "Seconds of driving a second: 1 is real time, \"max\" as fast as answers come.")
    var speed = "max"

    @Option(help: "What decides roads, drivers and noise.")
    var seed: UInt64 = 1

    @Option(help: "Trips in all.")
    var trips = 20

    @Option(help: "Time of the first trip's start, in epoch milliseconds.")
    var start: Int64 = 1_767_225_600_000

    @Option(help: "Standard deviation of positions, in metres.")
    var noise = 3.0

    @Option(help: "Share of uploads, 0 to 1, that change places with the next, shuffled.")
    var reorder = 0.0

    @Option(help: "Share of uploads, 0 to 1, that are sent again though they arrived.")
    var resend = 0.03

    @Flag(help: "Print the report as one JSON object.")
    var json = false

    mutating func validate() throws {
        guard (1...10_000).contains(drivers) else {
            throw ValidationError("--drivers is \(drivers), allowed are 1 to 10000")
        }
        guard (1...1_000_000).contains(trips) else {
            throw ValidationError("--trips is \(trips), allowed are 1 to 1000000")
        }
        guard speed == "max" || Double(speed).map({ $0 > 0 && $0.isFinite }) == true else {
            throw ValidationError("--speed is \"\(speed)\", allowed are numbers above 0 and max")
        }
        for (name, share) in [("--reorder", reorder), ("--resend", resend)]
        where !(0...1).contains(share) {
            throw ValidationError("\(name) is \(share), allowed are 0 to 1")
        }
        guard (0...100).contains(noise) else {
            throw ValidationError("--noise is \(noise), allowed are 0 to 100 metres")
        }
    }

    func run() async throws {
        var plan = Simulation.Options(startMilliseconds: start)
        plan.noiseMeters = noise
        plan.uploads.reorderShare = reorder
        plan.uploads.resendShare = resend
        let simulation = Simulation(seed: seed, drivers: drivers, options: plan)
        var options = Fleet.Options()
        options.speed = Double(speed)
        options.trips = trips
        let showsProgress = !json
        try await server.withClient(connections: min(drivers, 256)) { client in
            let wanted = trips
            let report = await Fleet(simulation, gateway: client, options: options).run { report in
                guard showsProgress else { return }
                Terminal.error(
                    "\(report.trips) of \(wanted) trips, \(report.uploads) uploads, "
                        + String(format: "%.0f a second", report.uploadsPerSecond)
                        + Self.remaining(report, wanted))
            }
            if json { try Terminal.json(report) } else { Self.print(report) }
            if report.failures["status 401"] != nil { Terminal.error(CredentialOptions.advice) }
            guard report.verdict?.isWhole == true, report.failures.isEmpty else {
                throw Refused("not every trip came back whole", code: 3)
            }
        }
    }

    private static func remaining(_ report: FleetReport, _ wanted: Int) -> String {
        guard report.trips > 0, report.trips < wanted else { return "" }
        let seconds = report.seconds / Double(report.trips) * Double(wanted - report.trips)
        return String(format: ", about %.0f s left", seconds)
    }

    private static func print(_ report: FleetReport) {
        Terminal.say(
            String(
                format: "%ld trips, %ld uploads, %ld points in %.1f s: %.0f uploads/s; "
                    + "answers p50 %.1f ms, p99 %.1f ms",
                report.trips, report.uploads, report.points, report.seconds,
                report.uploadsPerSecond, report.latency.p50, report.latency.p99))
        for (reason, count) in report.failures.sorted(by: { $0.key < $1.key }) {
            Terminal.error("\(count) uploads were given up: \(reason)")
        }
        guard let verdict = report.verdict else { return }
        Terminal.say(
            String(
                format: "%ld trips checked, %ld missing, %ld doubled, %ld not whole; distance off "
                    + "by %.2f %% (worst %.2f %%)",
                verdict.checked, verdict.missing.count, verdict.doubled.count,
                verdict.wrongReadings.count, verdict.distanceErrorMean * 100,
                verdict.distanceErrorWorst * 100))
        for (kind, tally) in verdict.kinds.sorted(by: { $0.key < $1.key }) {
            Terminal.say(
                String(
                    format:
                        "%@: %ld to be found, %ld found, %ld of %ld reported are right, F1 %.3f",
                    kind, tally.mustFind, tally.found, tally.right, tally.detections, tally.f1))
        }
    }
}

/// The fleet of `tacho up --demo`.
enum Demo {
    /// Drives in real time until cancelled.
    @Sendable static func drive(url: String, token: String) async throws {
        let now = systemMilliseconds()
        let simulation = Simulation(
            seed: UInt64(now), drivers: 8, options: .init(startMilliseconds: now))
        var options = Fleet.Options()
        options.trips = nil
        var access = UploadClient.Options()
        access.token = token
        let client = UploadClient(server: try Server(url), options: access)
        defer { client.close() }
        _ = await Fleet(simulation, gateway: client, options: options).run()
    }
}
