import EventLog
import Glibc

/// Says that a member is alive, for as long as its process is: a file that it holds locked and
/// that the kernel lets go of when the process ends, however it ends.
///
/// `Sendable`, and let go of once: when nothing refers to it any more.
final class Lease: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Makes and locks the file.
    init(path: String) throws(LogError) {
        self.path = path
        descriptor = try openFile(path)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(descriptor)
            throw .unavailable(reason: "\(path) is locked")
        }
    }

    deinit {
        unlink(path)
        Glibc.close(descriptor)
    }

    /// Whether somebody holds the file at that path.
    static func isHeld(path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
        // A file that cannot be looked at may be held; one that is not there is not.
        guard descriptor >= 0 else { return errno != ENOENT }
        defer { Glibc.close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }
}
