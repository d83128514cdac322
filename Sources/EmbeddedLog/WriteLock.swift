import EventLog
import Glibc

/// The lock under which every write and every checkpoint of every process happens.
///
/// Two lock files: whoever waits for `.lock` holds `.gate` meanwhile, so that a process with a
/// full queue that lets go of `.lock` and wants it back at once stands behind the one that waits.
/// The kernel lets go of both when a process dies. A process that is stopped while it holds the
/// lock stops every writer with it.
///
final class WriteLock: Sendable {
    private let gate: Int32
    private let lock: Int32

    /// Opens, and makes where needed, `<path>.gate` and `<path>.lock`.
    init(besides path: String) throws(LogError) {
        gate = try openFile(path + ".gate")
        do {
            lock = try openFile(path + ".lock")
        } catch {
            Glibc.close(gate)
            throw error
        }
    }

    deinit {
        Glibc.close(gate)
        Glibc.close(lock)
    }

    /// Waits for the lock and runs the body under it.
    func withLock<T>(_ body: () throws -> T) rethrows -> T {
        wait(for: gate)
        wait(for: lock)
        flock(gate, LOCK_UN)
        defer { flock(lock, LOCK_UN) }
        return try body()
    }

    private func wait(for descriptor: Int32) {
        // Nothing but a signal can end the wait of a descriptor that is open.
        while flock(descriptor, LOCK_EX) != 0 {
            precondition(errno == EINTR, "flock: errno \(errno)")
        }
    }
}

/// Opens a small file beside the log, and makes it where there is none; no child inherits it.
func openFile(_ path: String) throws(LogError) -> Int32 {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
        if errno == ENOSPC { throw .unavailable(reason: "no room for \(path)") }
        throw .unusable(reason: "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    return descriptor
}
