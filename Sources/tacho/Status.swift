import ArgumentParser
import EmbeddedLog
import EventLog
import Foundation
import Topics

/// `tacho status`: what is on the log and how far it is read.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show versions, groups with their lag, dead letters and disk use.",
        discussion: "Works beside a running server. Example: tacho status --json")

    @OptionGroup var data: DataOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    struct Report: Encodable {
        struct Group: Encodable {
            var name: String
            var lagRecords: Int64
            var lagSeconds: Double
        }
        struct Topic: Encodable {
            var name: String
            var partitions: Int
            var records: Int64
        }
        struct File: Encodable {
            var name: String
            var bytes: Int64
        }
        var data: String
        var liveVersion: Int
        var rules: String
        var rulesHash: String
        var groups: [Group]
        var topics: [Topic]
        var deadLetters: Int64
        var disk: [File]
        var diskBytes: Int64
    }

    func run() async throws {
        let installation = try Installation(data.directory, makes: false)
        let log = try installation.openLog()
        let report: Report
        do {
            report = try await Self.report(installation, log)
        } catch let error as LogError {
            await log.close()
            throw Refused("cannot read the log in \(data.directory): \(error)")
        }
        await log.close()
        if json { try Terminal.json(report) } else { Self.print(report) }
    }

    private static func report(
        _ installation: Installation, _ log: EmbeddedLog
    ) async throws -> Report {
        guard let live = try await LiveVersion.live(on: log),
            let version = Version(Int(live.version))
        else { throw Refused("nothing was ever run on \(installation.directory.path)") }
        var topics: [Report.Topic] = []
        var deadLetters: Int64 = 0
        for topic in try await log.topics() {
            let records = try await log.offsets(of: topic.name).values.reduce(0) {
                $0 + Int64($1.count)
            }
            topics.append(
                .init(name: topic.name.rawValue, partitions: topic.partitions, records: records))
            if topic.name == Topics.deadLetters(version) { deadLetters = records }
        }
        let disk = try installation.diskUse()
        return Report(
            data: installation.directory.path, liveVersion: version.number,
            rules: live.rulesName, rulesHash: live.rulesHash,
            groups: [try await lag(of: version.scorerGroup, log)],
            topics: topics, deadLetters: deadLetters,
            disk: disk.map { .init(name: $0.name, bytes: $0.bytes) },
            diskBytes: disk.reduce(0) { $0 + $1.bytes })
    }

    private static func lag(
        of group: String, _ log: EmbeddedLog
    ) async throws(LogError) -> Report.Group {
        let lag = try await GroupLag(of: group, on: log, now: systemMilliseconds())
        return .init(name: group, lagRecords: lag.total, lagSeconds: lag.seconds)
    }

    private static func print(_ report: Report) {
        Terminal.say(
            "live version \(report.liveVersion), rules \(report.rules) \(report.rulesHash)")
        for group in report.groups {
            Terminal.say(
                "group \(group.name): lag \(group.lagRecords) records, \(group.lagSeconds) s")
        }
        for topic in report.topics {
            Terminal.say(
                "topic \(topic.name): \(topic.records) records in \(topic.partitions) partitions")
        }
        Terminal.say("dead letters: \(report.deadLetters)")
        Terminal.say("disk: \(Terminal.bytes(report.diskBytes)) in \(report.data)")
        for file in report.disk where file.bytes > 0 {
            Terminal.say("  \(file.name): \(Terminal.bytes(file.bytes))")
        }
    }
}
