import EmbeddedLog
import EventLog
import Foundation
import Scoring
import Topics

/// One data directory: where its files are, and whether this build may use them.
struct Installation {
    let directory: URL
    /// The version of the directory's layout that this build writes.
    static let layout = 1

    /// Opens the directory.
    ///
    /// - Parameter makes: whether it is made where there is none.
    /// - Throws: ``Refused`` where it is of a newer layout, or cannot be used.
    init(_ path: String, makes: Bool = true) throws {
        directory = URL(filePath: path, directoryHint: .isDirectory)
        guard makes || FileManager.default.fileExists(atPath: self.path("log.sqlite")) else {
            throw Refused(
                "there is no data in \(path): name the directory of a `tacho up` by --data")
        }
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Refused(
                "cannot make the data directory \(path): \(error.localizedDescription)")
        }
        try checkLayout()
    }

    private func checkLayout() throws {
        let file = directory.appending(path: "layout")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            try Data("\(Self.layout)\n".utf8).write(to: file, options: .atomic)
            return
        }
        guard let layout = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Refused("\(file.path) is no layout number: this is no data directory of tacho")
        }
        try Self.checkLayout(layout, of: directory.path)
    }

    /// - Throws: ``Refused`` where a newer program laid the data out.
    static func checkLayout(_ layout: Int, of place: String) throws {
        guard layout <= Self.layout else {
            throw Refused(
                """
                the data in \(place) has layout \(layout), and this tacho \
                (\(Build.version)) knows up to \(Self.layout): use the newer tacho that wrote \
                it, or another --data
                """)
        }
    }

    /// The layout that the directory has.
    func foundLayout() -> Int {
        let text = try? String(contentsOfFile: path("layout"), encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            ?? Self.layout
    }

    /// Says that what is made here comes from this cluster's log, and from no other.
    ///
    /// - Throws: ``Refused`` where the directory belongs to another log.
    func belong(to cluster: String, prefix: String) throws {
        guard !FileManager.default.fileExists(atPath: path("log.sqlite")) else {
            throw Refused(
                """
                \(directory.path) has a log of its own, and cannot serve that of a cluster as \
                well: use another --data with --kafka
                """)
        }
        let wanted = "\(cluster) \(prefix)"
        guard let text = try? String(contentsOfFile: path("cluster"), encoding: .utf8) else {
            try Data((wanted + "\n").utf8).write(
                to: directory.appending(path: "cluster"), options: .atomic)
            return
        }
        let there = text.trimmingCharacters(in: .newlines)
        guard there == wanted else {
            throw Refused(
                """
                the data in \(directory.path) was made from cluster and prefix "\(there)", and \
                this is "\(wanted)": use the cluster it came from, or another --data
                """)
        }
    }

    /// - Throws: ``Refused`` where the data was made from a cluster's log.
    func mustBeOwn() throws {
        guard !FileManager.default.fileExists(atPath: path("cluster")) else {
            throw Refused(
                """
                the data in \(directory.path) was made from a Kafka cluster: name it with \
                --kafka, or use another --data
                """)
        }
    }

    /// The name under which this directory's worker joins its group: the same after a restart,
    /// and of no other directory.
    func memberName() throws -> String {
        if let text = try? String(contentsOfFile: path("member"), encoding: .utf8) {
            let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if !name.isEmpty { return name }
        }
        let name =
            "\(ProcessInfo.processInfo.hostName)-"
            + String(UInt32.random(in: 0 ... .max), radix: 36)
        try Data((name + "\n").utf8).write(
            to: directory.appending(path: "member"), options: .atomic)
        return name
    }

    /// A file of the directory.
    func path(_ name: String) -> String { directory.appending(path: name).path }

    /// Removes a file of the directory that is of no use any more, where it is there.
    func remove(_ name: String) { unlink(path(name)) }

    /// Opens the embedded log.
    func openLog(onCommit: (@Sendable (EmbeddedLog.GroupCommit) -> Void)? = nil) throws
        -> EmbeddedLog
    {
        var options = EmbeddedLog.Options()
        options.onCommit = onCommit
        do {
            return try EmbeddedLog(path: path("log.sqlite"), options: options)
        } catch LogError.unusable(let reason) {
            throw Refused("\(path("log.sqlite")): \(reason)")
        } catch {
            throw Refused("\(path("log.sqlite")) cannot be opened: \(error)")
        }
    }

    /// Bytes of every file in the directory, by name.
    func diskUse() throws -> [(name: String, bytes: Int64)] {
        try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: [.fileSizeKey]
        ).map { file in
            let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize
            return (file.lastPathComponent, Int64(size ?? 0))
        }.sorted { $0.name < $1.name }
    }
}
