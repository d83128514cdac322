import ArgumentParser
import Foundation
import Trips

/// `tacho cutter`: the worker that makes trips of what phones send, alone.
struct CutterRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cutter", abstract: "Cut what phones send into trips.",
        discussion: """
            For the apps of phones (OwnTracks, OsmAnd, Traccar Client), which know no trips. On a
            cluster several of them share the work.

            Example: tacho cutter --kafka broker:9092
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var host: HostOptions
    @OptionGroup var metrics: MetricsPortOptions
    @OptionGroup var cuts: CutOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var topics: TopicOptions
    @OptionGroup var member: MemberOptions

    func run() async throws {
        let installation = try Installation(data.directory)
        let lock = try DirectoryLock(installation, role: "cutter")
        lock.describe("pid \(getpid())")
        var process = RoleProcess(
            roles: [.cutter], installation: installation, kafka: try kafka.options(),
            partitions: try topics.count(), host: host.address,
            metricsPort: try metrics.number(), member: "cutter")
        process.cuts = try cuts.limits()
        try process.takeNames(member.member)
        try await process.run()
        withExtendedLifetime(lock) {}
    }
}

/// Where what phones send is cut into trips.
struct CutOptions: ParsableArguments {
    @Option(
        help: """
            Metres that a phone must move within --stop-seconds, or its trip is over \
            (TACHO_STOP_METERS; 200).
            """)
    var stopMeters: Int?

    @Option(
        help: "Seconds without moving after which a phone's trip is over (TACHO_STOP_SECONDS; 180)."
    )
    var stopSeconds: Int?

    @Option(
        help: "Seconds of silence after which a phone's trip is over (TACHO_GAP_SECONDS; 3600).")
    var gapSeconds: Int?

    /// The limits, as given or from the environment or the defaults.
    func limits() throws -> CutLimits {
        let defaults = CutLimits()
        return CutLimits(
            stopMeters: try Self.checked(
                "--stop-meters", stopMeters ?? Environment.integer("STOP_METERS"), 1...100_000)
                ?? defaults.stopMeters,
            stopMilliseconds: try Self.checked(
                "--stop-seconds", stopSeconds ?? Environment.integer("STOP_SECONDS"), 1...86_400
            )
            .map { Int64($0) * 1_000 } ?? defaults.stopMilliseconds,
            gapMilliseconds: try Self.checked(
                "--gap-seconds", gapSeconds ?? Environment.integer("GAP_SECONDS"), 1...86_400
            )
            .map { Int64($0) * 1_000 } ?? defaults.gapMilliseconds)
    }

    private static func checked(
        _ name: String, _ value: Int?, _ range: ClosedRange<Int>
    ) throws -> Int? {
        guard let value else { return nil }
        guard range.contains(value) else {
            throw ValidationError(
                "\(name) is \(value), allowed are \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
