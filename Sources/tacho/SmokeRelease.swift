import Access
import ArgumentParser
import EventLog
import Foundation
import Operations
import ReleasePlans
import Simulator
import Topics

/// How readers are asked.
struct SmokeOptions: ParsableArguments {
    @Option(help: "Address to ask, in place of those that the readers tell; several.")
    var url: [String] = []

    @OptionGroup var credentials: CredentialOptions

    @Flag(help: "Fail where there is no trip to look at.")
    var requireTrips = false
}

/// `tacho release smoke`: real requests to a version.
struct SmokeRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smoke",
        abstract: "Ask every reader for a version, and check that it is that version that answers.",
        discussion: """
            Each request names the version; --production asks without, and expects the live one. \
            A check that cannot be made, as there is no trip yet, is said. With --execute the \
            outcome is written down on the topic releases.

            Ends with 3 where a check failed.

            Example: tacho release smoke 2
            """)

    @OptionGroup var act: ActOptions
    @OptionGroup var version: VersionArgument
    @OptionGroup var smoke: SmokeOptions

    @Flag(help: "Ask as everybody does, and expect the live version.")
    var production = false

    func validate() throws {
        guard !production || version.version == nil else {
            throw ValidationError("--production is about the live version: name none")
        }
    }

    func run() async throws {
        try await act.withDesk { desk in
            let version: ReleasedVersion
            if production {
                guard let live = desk.history.current else { throw ReleaseRefusal.nothingLive }
                version = live
            } else {
                version = try desk.history.candidate(try self.version.named())
            }
            let report = try await desk.smoke(version, smoke, isProduction: production)
            report.print(desk.say)
            desk.say(report.gate.line)
            if act.execute { try await desk.note(report.gate, of: version.version) }
            if act.json { try Terminal.json(report) }
            if let refusal = report.gate.refusal { throw refusal }
        }
    }
}

/// What was asked and how it went, as `--json` tells it.
struct SmokeReport: Encodable {
    struct Reader: Encodable, Sendable {
        var reader: String
        var url: String
        var checks: [SmokeCheck]
    }

    var version: Int
    var readers: [Reader]
    /// Checks that could not be made anywhere.
    var notMade: [String]
    var gate: GateOutcome

    init(_ version: Int, _ readers: [Reader], isProduction: Bool, requiresTrips: Bool) {
        self.version = version
        self.readers = readers.sorted { $0.reader < $1.reader }
        let checks = self.readers.flatMap(\.checks)
        let failed = self.readers.compactMap { reader in
            reader.checks.first { $0.outcome == .failed }.map {
                "\($0.name) at \(reader.reader): \($0.detail)"
            }
        }
        var missing: [String] = []
        for check in checks where check.outcome == .notMade {
            let text = "\(check.name) (\(check.detail))"
            if !missing.contains(text) { missing.append(text) }
        }
        notMade = missing
        let made = checks.count { $0.outcome == .passed }
        var figure =
            failed.isEmpty
            ? "\(made) checks of \(readers.count) readers passed" : failed.joined(separator: "; ")
        if readers.isEmpty { figure = "no reader is there to be asked: name one with --url" }
        if !missing.isEmpty { figure += "; not checked: \(missing.joined(separator: ", "))" }
        gate = GateOutcome(
            name: isProduction ? "production" : "smoke",
            passed: failed.isEmpty && !readers.isEmpty && !(requiresTrips && !missing.isEmpty),
            figure: figure)
    }

    func print(_ say: (String) -> Void) {
        for reader in readers {
            say("reader \(reader.reader) at \(reader.url)")
            for check in reader.checks {
                let word =
                    switch check.outcome {
                    case .passed: "passed"
                    case .failed: "FAILED"
                    case .notMade: "not made"
                    }
                let time = String(format: "%.1f ms", check.milliseconds)
                say("  \(word) \(check.name): \(check.detail) (\(time))")
            }
        }
    }
}

extension ReleaseDesk {
    /// The longest that a reader may take to answer.
    private static let answerTimeout = Duration.seconds(5)

    /// Asks every reader that is there.
    mutating func smoke(
        _ version: ReleasedVersion, _ options: SmokeOptions, isProduction: Bool
    ) async throws -> SmokeReport {
        let targets =
            options.url.isEmpty
            ? try await readers().map { (reader: $0.instance, url: $0.url) }
            : options.url.map { (reader: $0, url: $0) }
        let newest = try await newestUpload()
        let bearer = try await options.credentials.bearer(
            for: .operator, in: opened.directory)
        let hash = version.starts.isEmpty ? version.staged.release.rulesHash : nil
        let readers = await withTaskGroup(of: SmokeReport.Reader.self) { group in
            for target in targets {
                group.addTask {
                    await Self.ask(target, bearer: bearer) { client in
                        Smoke(
                            version: version.version.number, isNamed: !isProduction,
                            rulesHash: hash, newest: newest, stopsAtFirst: isProduction,
                            client: client)
                    }
                }
            }
            var readers: [SmokeReport.Reader] = []
            for await reader in group {
                readers.append(reader)
                // Production that fails is left at once, not looked at.
                if isProduction, reader.checks.contains(where: { $0.outcome == .failed }) {
                    group.cancelAll()
                    break
                }
            }
            return readers
        }
        return SmokeReport(
            version.version.number, readers, isProduction: isProduction,
            requiresTrips: options.requireTrips)
    }

    private static func ask(
        _ target: (reader: String, url: String), bearer: String?,
        _ smoke: (UploadClient) -> Smoke
    ) async -> SmokeReport.Reader {
        var options = UploadClient.Options()
        options.connections = 1
        options.connectTimeout = .seconds(2)
        options.answerTimeout = answerTimeout
        options.retries = .never
        options.token = bearer
        let name = target.url.isEmpty ? "nowhere" : target.url
        let server: Server
        do {
            server = try Server(target.url)
        } catch {
            let check = SmokeCheck(
                name: "address", outcome: .failed,
                detail: target.url.isEmpty
                    ? "the reader tells none: name it with --url" : "\(error)",
                milliseconds: 0)
            return .init(reader: target.reader, url: name, checks: [check])
        }
        let client = UploadClient(server: server, options: options)
        let checks = await smoke(client).checks()
        client.close()
        return .init(reader: target.reader, url: name, checks: checks)
    }

    /// The upload that the log took last; nil where there is none.
    private func newestUpload() async throws -> Position? {
        // A few before the end: the last offsets of a cluster's partition may be no records.
        let ends = try await log.offsets(of: Topics.tripUploads.name).mapValues { range in
            max(range.lowerBound, range.upperBound - 3)..<range.upperBound
        }
        var newest: Record?
        var scan = RangeScan(log, ends)
        while let records = try await scan.next() {
            for record in records
            where newest.map({ $0.timestampMilliseconds <= record.timestampMilliseconds }) ?? true {
                newest = record
            }
        }
        return newest?.position
    }
}
