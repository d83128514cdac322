import ArgumentParser
import Foundation
import Simulator
import Topics

/// `tacho up`: every role in one process.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run gateway, cutter, scorer and reader in one process.",
        discussion: """
            Prints the address once it serves, and a link that signs a browser in; stops cleanly \
            on SIGINT and SIGTERM. The first start makes the key that tokens are signed with.

            Example: tacho up --demo --port 8080 --data ./.tacho
            On a cluster: tacho up --kafka broker:9092
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var port: PortOptions
    @OptionGroup var rules: RulesOptions
    @OptionGroup var cuts: CutOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var topics: TopicOptions
    @OptionGroup var member: MemberOptions
    @OptionGroup var advertised: AdvertiseOptions
    @OptionGroup var pages: PageOptions
    @OptionGroup var metrics: MetricsPortOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var issuer: IssuerOptions

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
        process.cuts = try cuts.limits()
        try process.takeNames(member.member)
        if let flightRecorder { process.recorder = try FlightRecorder(path: flightRecorder) }
        if demo { process.companion = Demo.drive }
        process.advertised = advertised.url
        process.site = try pages.site()
        process.metricsPort = try metrics.number()
        process.access = try await AccessSettings(key, issuer, in: installation)
        process.printsLink = true
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
    @OptionGroup var metrics: MetricsPortOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var issuer: IssuerOptions

    func run() async throws {
        let installation = try Installation(data.directory)
        try await RoleProcess(
            roles: [.gateway], installation: installation,
            kafka: try kafka.options(), partitions: try topics.count(),
            host: port.address, port: try port.number(), metricsPort: try metrics.number(),
            access: try await AccessSettings(key, issuer, in: installation), member: "gateway"
        ).run()
    }
}

/// `tacho scorer`: the stream worker alone.
struct ScorerRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorer", abstract: "Score the stream.",
        discussion: "Example: tacho scorer --version 1")

    @OptionGroup var data: DataOptions
    @OptionGroup var host: HostOptions
    @OptionGroup var metrics: MetricsPortOptions
    @OptionGroup var rules: RulesOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var topics: TopicOptions
    @OptionGroup var member: MemberOptions

    @Option(help: "File to note in what the process is doing, for a look after a crash.")
    var flightRecorder: String?

    @Option(
        help: """
            Version to score for; where none is named, all whose results this build gives, from when \
            they are staged until they are retired.
            """)
    var version: Int?

    @Option(help: "Score for the newest version of this slot, blue or green, instead.")
    var slot: String?

    func run() async throws {
        let choice = try choice()
        let installation = try Installation(data.directory)
        let lock = try DirectoryLock(installation, role: choice.lockName)
        lock.describe("pid \(getpid())")
        var process = RoleProcess(
            roles: [.scorer], installation: installation, kafka: try kafka.options(),
            partitions: try topics.count(), rules: try rules.choice(), scored: choice,
            host: host.address, metricsPort: try metrics.number(), member: "scorer")
        try process.takeNames(member.member)
        if let flightRecorder { process.recorder = try FlightRecorder(path: flightRecorder) }
        try await process.run()
        withExtendedLifetime(lock) {}
    }
}

extension ScorerRole {
    private func choice() throws -> ScorerVersions.Choice {
        switch (version, slot) {
        case (nil, nil): return .all
        case (nil, let slot?):
            guard ["blue", "green"].contains(slot) else {
                throw ValidationError("--slot is \(slot), allowed are blue and green")
            }
            return .slot(slot)
        case (let number?, nil): return .version(try Version(option: number))
        case (_?, _?): throw ValidationError("--version and --slot do not go together")
        }
    }
}

extension ScorerVersions.Choice {
    /// The lock that keeps a second process of the same choice out of a directory.
    fileprivate var lockName: String {
        switch self {
        case .all: "scorer"
        case .version(let version): "scorer \(version)"
        case .slot(let slot): "scorer \(slot)"
        }
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
    @OptionGroup var advertised: AdvertiseOptions
    @OptionGroup var pages: PageOptions
    @OptionGroup var metrics: MetricsPortOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var issuer: IssuerOptions

    @Option(help: "File to note in what the process is doing, for a look after a crash.")
    var flightRecorder: String?

    func run() async throws {
        let installation = try Installation(data.directory)
        var process = RoleProcess(
            roles: [.reader], installation: installation,
            kafka: try kafka.options(), partitions: try topics.count(),
            host: port.address, port: try port.number(), member: "reader")
        try process.takeNames(member.member)
        process.advertised = advertised.url
        process.site = try pages.site()
        process.metricsPort = try metrics.number()
        process.access = try await AccessSettings(key, issuer, in: installation)
        if let flightRecorder { process.recorder = try FlightRecorder(path: flightRecorder) }
        try await process.run()
    }
}
