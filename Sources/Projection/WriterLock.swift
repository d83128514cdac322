internal import Glibc

/// The right to write one projection, held by at most one process; the kernel lets go of it when
/// the process dies.
final class WriterLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock on `<path>.lock` without waiting.
    init(besides path: String) throws(ProjectionError) {
        descriptor = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .inaccessible(path: path + ".lock", reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            Glibc.close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw .inaccessible(path: path + ".lock", reason: String(cString: strerror(reason)))
            }
            throw .taken(path: path)
        }
    }

    deinit { Glibc.close(descriptor) }
}
