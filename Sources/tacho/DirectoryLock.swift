import Foundation
import Glibc

/// Keeps a second process out of a role on one data directory; the kernel lets go when the
/// process ends, however it ends.
final class DirectoryLock {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``Refused`` with what the holder wrote of itself, where another process has it.
    init(_ installation: Installation, role: String) throws {
        let path = installation.path("\(role.replacing(" ", with: "-")).lock")
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Refused("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            close(descriptor)
            throw Refused(
                """
                \(installation.directory.path) is in use by another `tacho \(role)`\
                \(holder.isEmpty ? "" : " (\(holder.trimmingCharacters(in: .newlines)))"): \
                stop that one, or use another --data
                """)
        }
    }

    /// Writes what another process is told that finds the lock taken.
    func describe(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    deinit { close(descriptor) }
}
