/// Why a projection cannot be opened; the text says what to do.
public enum ProjectionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Another process writes it.
    case taken(path: String)
    /// A newer program made it.
    case newer(path: String, version: Int)
    /// The file belongs to another program.
    case foreign(path: String)
    /// Its locks cannot be trusted on this file system.
    case untrustedFileSystem(path: String, name: String)
    /// The file system refuses.
    case inaccessible(path: String, reason: String)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .taken(let path):
            "\(path) is written by another process: one reader serves a projection; stop it, or "
                + "give this one another data directory"
        case .newer(let path, let version):
            "\(path) has format \(version), newer than this program's "
                + "\(ProjectionSchema.version): start the newer program, or remove the file, and "
                + "it is rebuilt from the log"
        case .foreign(let path):
            "\(path) is a database of another program: move it away"
        case .untrustedFileSystem(let path, let name):
            "\(path) lies on \(name), whose locks SQLite cannot trust: use a local disk"
        case .inaccessible(let path, let reason):
            "\(path): \(reason)"
        }
    }
}
