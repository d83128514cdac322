import Glibc

/// A page of a file that says what the process is doing at this moment, and still says it after
/// the process was killed: byte 0 is 1 inside a scorer's transaction, byte 1 inside a
/// projection's.
///
/// For finding out, after a crash, where it fell; the kill tests read it.
final class FlightRecorder: @unchecked Sendable {
    // One mapped page; bytes are written whole, each by one task.
    private let page: UnsafeMutablePointer<UInt8>
    private static let bytes = 4_096

    /// What can be going on.
    enum Activity: Int {
        case scorerTransaction = 0
        case projectionTransaction = 1
    }

    /// Maps the file, making it where there is none.
    init(path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(Self.bytes)) == 0,
            let page = mmap(nil, Self.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            page != MAP_FAILED
        else { throw Refused("cannot map \(path): \(String(cString: strerror(errno)))") }
        close(descriptor)
        self.page = page.bindMemory(to: UInt8.self, capacity: Self.bytes)
        self.page.update(repeating: 0, count: Self.bytes)
    }

    /// Notes that it begins or is over.
    func note(_ activity: Activity, _ isGoingOn: Bool) {
        page[activity.rawValue] = isGoingOn ? 1 : 0
    }

    deinit { munmap(page, Self.bytes) }
}
