internal import EmbeddedLog
internal import EventLog
internal import Foundation

/// A backup of a data directory: its log as one moment had it, whatever else lies there that the
/// log does not bring back, and a manifest that says what is to be there.
public struct Backup: Sendable {
    /// Where it is.
    public let path: String
    /// What it holds.
    public let manifest: BackupManifest

    /// What is being done, told now and then.
    public enum Stage: String, Sendable {
        case copying, checking, counting
    }

    /// Told how many bytes of how many are done in a stage.
    public typealias Progress = (_ stage: Stage, _ done: Int64, _ total: Int64) -> Void

    private static let log = "log.sqlite"

    /// Reads what a backup says it holds.
    ///
    /// - Throws: ``BackupProblem`` where there is none, or a newer program made it.
    public init(_ path: String) throws {
        self.path = path
        let file = "\(path)/\(BackupManifest.fileName)"
        guard let data = FileManager.default.contents(atPath: file) else {
            throw BackupProblem.noBackup(path: path)
        }
        struct Mark: Decodable { var format: Int }
        guard let mark = try? JSONDecoder().decode(Mark.self, from: data) else {
            throw BackupProblem.damaged("\(file) is no manifest")
        }
        guard mark.format <= BackupManifest.newestFormat else {
            throw BackupProblem.newer(
                what: path, version: mark.format, known: BackupManifest.newestFormat)
        }
        do {
            manifest = try JSONDecoder().decode(BackupManifest.self, from: data)
        } catch {
            throw BackupProblem.damaged("\(file): \(error)")
        }
        for file in manifest.files where file.name.contains("/") || file.name.hasPrefix(".") {
            throw BackupProblem.damaged("\(path) is to hold a file \"\(file.name)\"")
        }
    }

    /// Makes a backup of a data directory, whoever is at work in it.
    ///
    /// - Parameters:
    ///   - target: a directory that is not there yet.
    ///   - layout: of the data directory, as the caller has judged it.
    ///   - now: the time as RFC 3339.
    /// - Throws: ``BackupProblem``; nothing is left of the backup then.
    public static func make(
        of data: String, to target: String, build: String, layout: Int, now: String,
        progress: Progress = { _, _, _ in }
    ) throws -> Backup {
        guard FileManager.default.fileExists(atPath: "\(data)/\(log)") else {
            throw BackupProblem.noData(path: data)
        }
        let fresh = try FreshDirectory(target, mayBeEmpty: false)
        do {
            let copy = "\(fresh.path)/\(log)"
            do {
                try EmbeddedLog.copy("\(data)/\(log)", to: copy) { done, total in
                    progress(.copying, done * pageBytes, total * pageBytes)
                }
                try Files.sync(copy)
            } catch let error as LogError {
                throw problem(error, beside: copy)
            }
            var files: [BackupManifest.File] = []
            for name in try kept(in: data) {
                files.append(try Files.copy("\(data)/\(name)", to: "\(fresh.path)/\(name)"))
            }
            let size = try FileManager.default.attributesOfItem(atPath: copy)[.size]
            let total = (size as? NSNumber)?.int64Value ?? 0
            files.append(try Files.read(copy) { progress(.checking, $0, total) })
            progress(.counting, 0, 1)
            let contents = try contents(of: copy)
            let manifest = BackupManifest(
                format: BackupManifest.newestFormat, build: build, layout: layout,
                logFormat: contents.format, created: now,
                files: files.sorted { $0.name < $1.name },
                topics: contents.topics.map(BackupManifest.Topic.init))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try Files.write(
                encoder.encode(manifest), to: "\(fresh.path)/\(BackupManifest.fileName)")
        } catch {
            fresh.discard()
            throw error
        }
        try fresh.finish()
        return try Backup(target)
    }

    /// Whether all is there, as the manifest says it, and whole.
    ///
    /// - Throws: ``BackupProblem`` with what is not.
    public func check(progress: Progress = { _, _, _ in }) throws {
        try judge()
        var done: Int64 = 0
        for file in manifest.files {
            let found: BackupManifest.File
            do {
                found = try Files.read("\(path)/\(file.name)") {
                    progress(.checking, done + $0, manifest.bytes)
                }
            } catch BackupProblem.failed(let reason) {
                throw BackupProblem.damaged(reason)
            }
            guard found == file else {
                throw BackupProblem.damaged(
                    "\(file.name) has \(found.bytes) bytes and SHA-256 \(found.sha256), not "
                        + "\(file.bytes) and \(file.sha256)")
            }
            done += file.bytes
        }
        progress(.counting, 0, 1)
        let contents = try Self.contents(of: "\(path)/\(Self.log)")
        let topics = contents.topics.map(BackupManifest.Topic.init)
        guard topics == manifest.topics else {
            let odd = zip(topics, manifest.topics).first { $0 != $1 }
            throw BackupProblem.damaged(
                "\(odd?.1.name ?? "a topic") does not hold what the manifest says")
        }
    }

    /// Makes a data directory of it, checked before and on the disk after. What the log brings
    /// back is made by whoever starts on it.
    ///
    /// - Parameter data: a directory that is not there, or empty.
    /// - Throws: ``BackupProblem``; nothing is left of the directory then.
    public func restore(to data: String, progress: Progress = { _, _, _ in }) throws {
        let fresh = try FreshDirectory(data, mayBeEmpty: true)
        do {
            try check(progress: progress)
            var done: Int64 = 0
            for file in manifest.files {
                let copied = try Files.copy(
                    "\(path)/\(file.name)", to: "\(fresh.path)/\(file.name)"
                ) { progress(.copying, done + $0, manifest.bytes) }
                guard copied == file else {
                    throw BackupProblem.damaged("\(file.name) changed while it was copied")
                }
                done += file.bytes
            }
        } catch {
            fresh.discard()
            throw error
        }
        try fresh.finish()
    }

    private func judge() throws {
        guard manifest.logFormat <= EmbeddedLog.newestFormat else {
            throw BackupProblem.newer(
                what: "the log in \(path)", version: manifest.logFormat,
                known: EmbeddedLog.newestFormat)
        }
        guard manifest.files.contains(where: { $0.name == Self.log }) else {
            throw BackupProblem.damaged("\(path) holds no \(Self.log)")
        }
    }

    /// Files beside the log that it does not bring back: all but caches, companions and locks.
    private static func kept(in data: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: data).filter { name in
            let caches = [/projection\.v\d+\.sqlite.*/, /scorer\.v\d+\.sqlite.*/, /log\.sqlite.*/]
            var isDirectory: ObjCBool = false
            return !name.hasPrefix(".") && !name.hasSuffix(".lock")
                && name != BackupManifest.fileName
                && !caches.contains { name.wholeMatch(of: $0) != nil }
                && FileManager.default.fileExists(
                    atPath: "\(data)/\(name)", isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }.sorted()
    }

    private static func contents(of path: String) throws -> EmbeddedLog.Contents {
        do {
            return try EmbeddedLog.contents(of: path, isChecked: true)
        } catch {
            if case .unusable(let reason) = error { throw BackupProblem.damaged(reason) }
            throw BackupProblem.failed("\(error)")
        }
    }

    /// What a failed copy means: SQLite says of a full disk only that it failed.
    private static func problem(_ error: LogError, beside path: String) -> BackupProblem {
        var disk = statvfs()
        let folder = (path as NSString).deletingLastPathComponent
        let isFull =
            statvfs(folder, &disk) == 0 && disk.f_bavail * UInt(disk.f_frsize) < fullBytes
        return isFull || error.description.contains("full")
            ? .noRoom(path: path) : .failed("\(error)")
    }

    private static let pageBytes: Int64 = 4_096
    /// With less than this a disk counts as full.
    private static let fullBytes: UInt = 64 << 10
}
