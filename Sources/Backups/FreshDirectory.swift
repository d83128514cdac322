internal import Foundation

/// A directory that is filled under another name and has its own only once it is whole and on
/// the disk: a process that dies on the way leaves nothing that could be taken for it.
struct FreshDirectory: ~Copyable {
    /// Where it is filled.
    let path: String
    private let target: String
    private let lock: Int32

    /// Makes it; what a process that died left of an earlier one is removed.
    ///
    /// - Throws: ``BackupProblem`` where the target is there, unless it may be an empty directory.
    init(_ target: String, mayBeEmpty: Bool) throws {
        // With its own name at the end, also where a path ends with a slash.
        let url = URL(filePath: target, directoryHint: .isDirectory).standardizedFileURL
        self.target = url.path
        path = self.target + ".partial"
        let there = try? FileManager.default.contentsOfDirectory(atPath: self.target)
        let isThere = there != nil || FileManager.default.fileExists(atPath: self.target)
        guard !isThere || mayBeEmpty && there?.isEmpty == true else {
            throw BackupProblem.taken(path: target)
        }
        try Files.makeDirectory(path)
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Files.problem("cannot open", path) }
        do {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw BackupProblem.busy(path: target)
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            }
        } catch {
            close(descriptor)
            throw error
        }
        lock = descriptor
    }

    /// Gives it its name; every file in it must be synced.
    consuming func finish() throws {
        guard fsync(lock) == 0 else { throw Files.problem("cannot sync", path) }
        guard rename(path, target) == 0 else { throw Files.problem("cannot name", target) }
        try Files.syncDirectory((target as NSString).deletingLastPathComponent)
    }

    /// Removes it with all that is in it.
    func discard() { try? FileManager.default.removeItem(atPath: path) }

    deinit { close(lock) }
}
