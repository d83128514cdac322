import ArgumentParser
import Backups
import EmbeddedLog
import Foundation

/// `tacho backup`: a data directory, copied while it is at work.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up a data directory, and check backups.",
        discussion: """
            Works beside a running server; the copy is of one moment, is checked, and has its name \
            only once it is whole and on the disk. A cluster's log is backed up with the cluster.

            Example: tacho backup --to /backups/monday, then tacho backup check /backups/monday
            """,
        subcommands: [MakeBackup.self, CheckBackup.self], defaultSubcommand: MakeBackup.self)
}

/// `tacho backup make`, which is what `tacho backup` does.
struct MakeBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Back up a data directory.",
        discussion: "Example: tacho backup --to /backups/monday")

    @OptionGroup var data: DataOptions

    @Option(help: "Directory to make; it must not be there.", completion: .directory)
    var to: String

    @Option(help: "Not for a cluster: this only says how that is backed up (TACHO_KAFKA).")
    var kafka: String?

    @Flag(help: "Print one JSON object: the manifest.")
    var json = false

    func run() throws {
        if let cluster = kafka ?? Environment.text("KAFKA") {
            throw Refused(Self.advice(on: "the cluster at \(cluster)"))
        }
        let path = data.directory
        if FileManager.default.fileExists(atPath: "\(path)/cluster") {
            throw Refused(Self.advice(on: "a Kafka cluster, from which \(path) was made"))
        }
        let installation = try Installation(path, makes: false)
        var line = ProgressLine()
        let backup = try refusing {
            try Backup.make(
                of: installation.directory.path, to: to, build: Build.version,
                layout: installation.foundLayout(), now: Moment.text(systemMilliseconds())
            ) { line.tell($0, $1, $2) }
        }
        if json { return try Terminal.json(backup.manifest) }
        let manifest = backup.manifest
        Terminal.say("backed up \(path) as of \(manifest.created) to \(to)")
        for file in manifest.files {
            Terminal.say("  \(file.name): \(Terminal.bytes(file.bytes)), SHA-256 \(file.sha256)")
        }
        Terminal.say(
            "\(manifest.records) records in \(manifest.topics.count) topics; what is not in it is "
                + "made again from the log")
    }

    private static func advice(on log: String) -> String {
        """
        the log is on \(log): back up the cluster, not this directory, which holds only what is \
        made again from it. Its topics' replicas survive brokers; against losing the cluster mirror \
        trip-uploads, users and releases to another one (MirrorMaker 2), or copy them with the \
        tools of whoever runs it. A version's own topics can be made again by a replay
        """
    }
}

/// `tacho backup check`: whether a backup could be restored.
struct CheckBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that a backup is whole: hashes, integrity and counts.",
        discussion: "Example: tacho backup check /backups/monday")

    @Argument(help: "The backup's directory.", completion: .directory)
    var directory: String

    @Flag(help: "Print one JSON object: the manifest.")
    var json = false

    func run() throws {
        var line = ProgressLine()
        let backup = try refusing {
            let backup = try Backup(directory)
            try backup.check { line.tell($0, $1, $2) }
            return backup
        }
        if json { return try Terminal.json(backup.manifest) }
        let manifest = backup.manifest
        Terminal.say(
            "\(directory) is whole: \(manifest.records) records in \(manifest.topics.count) topics, "
                + "\(Terminal.bytes(manifest.bytes)), as of \(manifest.created), by tacho "
                + manifest.build)
    }
}

/// `tacho restore`: a data directory from a backup.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data directory from a backup.",
        discussion: """
            The backup is checked first. A directory that has anything in it is refused. What is \
            made from the log is made again by the `tacho up` that starts on it.

            Example: tacho restore --from /backups/monday --data ./restored
            """)

    @Option(help: "The backup's directory.", completion: .directory)
    var from: String

    @Option(help: "Directory to make, or an empty one.", completion: .directory)
    var data: String

    @Flag(help: "Print one JSON object: the manifest.")
    var json = false

    func run() throws {
        var line = ProgressLine()
        let backup = try refusing {
            let backup = try Backup(from)
            try Installation.checkLayout(backup.manifest.layout, of: from)
            try backup.restore(to: data) { line.tell($0, $1, $2) }
            return backup
        }
        if json { return try Terminal.json(backup.manifest) }
        Terminal.say(
            "restored \(backup.manifest.records) records as of \(backup.manifest.created) to "
                + "\(data): start with tacho up --data \(data)")
    }
}

private func refusing<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let problem as BackupProblem {
        throw Refused("\(problem)")
    }
}

extension ProgressLine {
    fileprivate mutating func tell(_ stage: Backup.Stage, _ done: Int64, _ total: Int64) {
        switch stage {
        case .copying: tell("copying bytes", done: done, total: total)
        case .checking: tell("checking bytes", done: done, total: total)
        case .counting: tell("looking through the log")
        }
    }
}
