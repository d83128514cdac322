import ArgumentParser
import Foundation
import Simulator
import Topics

/// `tacho up`: every role in one process.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run gateway, scorer and reader in one process.",
        discussion: """
            Prints the address once it serves, and stops cleanly on SIGINT and SIGTERM.

            Example: tacho up --demo --port 8080 --data ./.tacho
            On a cluster: tacho up --kafka broker:9092
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var port: PortOptions
    @OptionGroup var rules: RulesOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var topics: TopicOptions
    @OptionGroup var member: MemberOptions

    @Flag(inversion: .prefixedNo, help: "Let a demo fleet drive, endlessly and in real time.")
    var demo = false

    @Option(help: "File to note in what the process is doing, for a look after a crash.")
    var flightRecorder: String?

    func run() async throws {
        let number = try port.number()
        let installation = try Installation(data.directory)
        let lock = try DirectoryLock(installation, role: "up")
        lock.describe("pid \(getpid()), port \(number)")
        var process = RoleProcess(
            roles: Set(Role.allCases), installation: installation, kafka: try kafka.options(),
            partitions: try topics.count(), rules: try rules.choice(), host: port.address,
            port: number, member: "up")
        try process.takeNames(member.member)
        if let flightRecorder { process.recorder = try FlightRecorder(path: flightRecorder) }
        if demo { process.companion = Demo.drive }
        try await process.run()
        withExtendedLifetime(lock) {}
    }
}

/// `tacho gateway`: uploads alone.
struct GatewayRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway", abstract: "Take uploads.",
        discussion: "Example: tacho gateway --port 8081")

    @OptionGroup var data: DataOptions
    @OptionGroup var port: PortOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var topics: TopicOptions

    func run() async throws {
        try await RoleProcess(
            roles: [.gateway], installation: try Installation(data.directory),
            kafka: try kafka.options(), partitions: try topics.count(),
            host: port.address, port: try port.number(), member: "gateway"
        ).run()
    }
}

/// `tacho scorer`: the stream worker alone.
struct ScorerRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorer", abstract: "Score the stream.",
        discussion: "Example: tacho scorer --version 1")

    @OptionGroup var data: DataOptions
    @OptionGroup var metrics: MetricsPortOptions
    @OptionGroup var rules: RulesOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var topics: TopicOptions
    @OptionGroup var member: MemberOptions

    @Option(help: "File to note in what the process is doing, for a look after a crash.")
    var flightRecorder: String?

    @Option(help: "Version to score for; the live one where none is named.")
    var version: Int?

    func run() async throws {
        let number = try version.map { number in
            guard let version = Version(number) else {
                throw ValidationError("--version is \(number), allowed are 1 to 999999")
            }
            return version
        }
        let installation = try Installation(data.directory)
        let lock = try DirectoryLock(installation, role: "scorer")
        lock.describe("pid \(getpid())")
        var process = RoleProcess(
            roles: [.scorer], installation: installation, kafka: try kafka.options(),
            partitions: try topics.count(), rules: try rules.choice(), version: number,
            host: metrics.address, port: try metrics.number(), member: "scorer")
        try process.takeNames(member.member)
        if let flightRecorder { process.recorder = try FlightRecorder(path: flightRecorder) }
        try await process.run()
        withExtendedLifetime(lock) {}
    }
}

/// `tacho reader`: the read side alone.
struct ReaderRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reader", abstract: "Serve trips.",
        discussion: "Example: tacho reader --port 8082")

    @OptionGroup var data: DataOptions
    @OptionGroup var port: PortOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var topics: TopicOptions
    @OptionGroup var member: MemberOptions

    @Option(help: "File to note in what the process is doing, for a look after a crash.")
    var flightRecorder: String?

    func run() async throws {
        var process = RoleProcess(
            roles: [.reader], installation: try Installation(data.directory),
            kafka: try kafka.options(), partitions: try topics.count(),
            host: port.address, port: try port.number(), member: "reader")
        try process.takeNames(member.member)
        if let flightRecorder { process.recorder = try FlightRecorder(path: flightRecorder) }
        try await process.run()
    }
}
