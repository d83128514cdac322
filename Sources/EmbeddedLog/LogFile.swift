import EventLog
import Glibc
import SQLite

/// The log's file: opened, judged and brought to its format, always under the write lock.
struct LogFile: Sendable {
    /// Where the file is; its companions have the same name and more after it.
    let path: String

    /// A connection that writes.
    ///
    /// - Throws: `unusable` for a file that another or a newer program wrote, or that is damaged.
    func openForWriting() throws(LogError) -> Connection {
        do {
            let connection = try Connection(
                path: path, mode: .readWrite, synchronous: .full, pageBytes: logPageBytes)
            switch try connection.bring(to: logFormat) {
            case .current, .migrate:
                return connection
            case .newer(let version):
                throw newerFormat(version, path)
            case .foreign:
                throw LogError.unusable(
                    reason: """
                        \(path) is a SQLite file of another program: name another data directory, \
                        or move that file away
                        """)
            }
        } catch {
            throw logError(error)
        }
    }

    /// A connection that reads.
    func openForReading() throws(LogError) -> Connection {
        do {
            return try Connection(path: path, mode: .readOnly)
        } catch {
            throw logError(error)
        }
    }

    /// Says no to a file system on which SQLite's locks and shared memory cannot be trusted.
    func refuseUntrustedFileSystem() throws(LogError) {
        let folder = path.contains("/") ? String(path.prefix(upTo: path.lastIndex(of: "/")!)) : "."
        guard let name = FileSystem.untrusted(path: folder.isEmpty ? "/" : folder) else { return }
        throw .unusable(
            reason: """
                \(path) lies on \(name), where SQLite's locks cannot be trusted: name a data \
                directory on a local disk, or use Kafka
                """)
    }

    /// Bytes of the file and its companions.
    var bytes: Int64 {
        ["", "-wal", "-shm", ".lock", ".gate", ".wake"].reduce(0) { sum, suffix in
            var status = stat()
            return stat(path + suffix, &status) == 0 ? sum + Int64(status.st_size) : sum
        }
    }
}

/// A file that a newer program wrote is left as it is.
func newerFormat(_ version: Int, _ path: String) -> LogError {
    .unusable(
        reason: """
            \(path) has format \(version), and this program knows formats up to \
            \(logFormat.version): run the program that wrote it, or a newer one
            """)
}

/// What a caller of the log is told of an error below it.
func logError(_ error: any Error) -> LogError {
    switch error {
    case let error as LogError: error
    case let error as SQLiteError where error.isCorrupt:
        .unusable(reason: "the log's file is damaged: \(error)")
    default: .unavailable(reason: "\(error)")
    }
}
