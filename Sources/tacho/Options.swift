import ArgumentParser
import Foundation
import Topics

/// Options whose defaults come from the environment: `--port` from `TACHO_PORT`.
enum Environment {
    static func text(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["TACHO_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// An integer, or a usage error that names the variable.
    static func integer(_ name: String) throws -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text) else {
            throw ValidationError("TACHO_\(name) is \"\(text)\", allowed is a whole number")
        }
        return value
    }
}

/// Where the data lies.
struct DataOptions: ParsableArguments {
    @Option(help: "Directory of the log and all that is made from it (TACHO_DATA; ./.tacho).")
    var data: String?

    /// The directory, as given or from the environment or the default.
    var directory: String { data ?? Environment.text("DATA") ?? "./.tacho" }
}

/// Where HTTP is served.
struct PortOptions: ParsableArguments {
    @Option(help: "TCP port to serve HTTP on, 0 for any free one (TACHO_PORT; 8080).")
    var port: Int?

    @Option(help: "Address to serve HTTP on (TACHO_HOST; 127.0.0.1).")
    var host: String?

    /// The address, as given or from the environment or the default.
    var address: String { host ?? Environment.text("HOST") ?? "127.0.0.1" }

    /// The port, as given or from the environment or the default, 0…65,535.
    func number() throws -> Int {
        try Self.checked(port ?? Environment.integer("PORT") ?? 8_080)
    }

    /// The number, where it is one of a port.
    static func checked(_ number: Int) throws -> Int {
        guard (0...65_535).contains(number) else {
            throw ValidationError("the port is \(number), allowed are 0 to 65535")
        }
        return number
    }
}

/// Where a role without HTTP of its own is.
struct HostOptions: ParsableArguments {
    @Option(help: "Address to serve /metrics on (TACHO_HOST; 127.0.0.1).")
    var host: String?

    /// The address, as given or from the environment or the default.
    var address: String { host ?? Environment.text("HOST") ?? "127.0.0.1" }
}

/// Where a process tells how it does, to whoever reaches the port.
struct MetricsPortOptions: ParsableArguments {
    @Option(
        help: """
            TCP port to serve /metrics, /livez, /readyz and /version on without a token, 0 for any \
            free one (TACHO_METRICS_PORT; none).
            """)
    var metricsPort: Int?

    /// The port, as given or from the environment, 0…65,535; nil where neither says.
    func number() throws -> Int? {
        try (metricsPort ?? Environment.integer("METRICS_PORT")).map(PortOptions.checked)
    }
}

/// Which server a client talks to.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address of the server (TACHO_URL; http://localhost:8080).")
    var url: String?

    @OptionGroup var credentials: CredentialOptions
    @OptionGroup var data: DataOptions

    /// The address, as given or from the environment or the default.
    var address: String { url ?? Environment.text("URL") ?? "http://localhost:8080" }
}

/// Which rules score.
struct RulesOptions: ParsableArguments {
    @Option(
        help: """
            Rules to score by: default, strict or mydriving, or a file with a / in its path or that \
            ends with .yaml (TACHO_RULES; default).
            """)
    var rules: String?

    /// The rules, as given or from the environment; nil where neither says.
    ///
    /// - Throws: ``Refused`` for a file that cannot be used.
    func choice() throws -> RulesChoice? {
        try (rules ?? Environment.text("RULES")).map { try RulesChoice($0) }
    }
}

/// What a worker is called among others of its kind.
struct MemberOptions: ParsableArguments {
    @Option(
        name: .customLong("member"),
        help: """
            Name in the group on a cluster, the same after a restart and of no other worker \
            (TACHO_MEMBER; a name kept in --data).
            """)
    var memberName: String?

    /// The name, as given or from the environment.
    var member: String? { memberName ?? Environment.text("MEMBER") }
}

/// Where others reach a reader.
struct AdvertiseOptions: ParsableArguments {
    @Option(
        help: """
            Address under which releases reach this reader, to try a version before it is live \
            (TACHO_ADVERTISE; the address that it listens on).
            """)
    var advertise: String?

    /// The address, as given or from the environment.
    var url: String? { advertise ?? Environment.text("ADVERTISE") }
}

/// What topics are made like.
struct TopicOptions: ParsableArguments {
    @Option(
        help: """
            Partitions of the topics of trips, where they are made; never changed afterwards \
            (TACHO_PARTITIONS; 64).
            """)
    var partitions: Int?

    /// Partitions of topics that are made.
    func count() throws -> Int { try override() ?? Topics.defaultPartitions }

    /// Partitions of topics that are made, nil where nothing says.
    func override() throws -> Int? {
        guard let count = try partitions ?? Environment.integer("PARTITIONS") else { return nil }
        guard (1...10_000).contains(count) else {
            throw ValidationError("--partitions is \(count), allowed are 1 to 10000")
        }
        return count
    }
}
