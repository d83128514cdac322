import CSQLite

/// What SQLite, or the file system below it, answered instead of doing what it was asked.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// SQLite's primary result code, such as `SQLITE_FULL`.
    public let code: Int32
    /// SQLite's extended result code, such as `SQLITE_IOERR_FSYNC`; equals ``code`` where there
    /// is no finer one.
    public let extendedCode: Int32
    /// What SQLite says of it.
    public let message: String
    /// The statement that failed; nil where none was running.
    public let sql: String?

    /// An error with an extended result code, of which the primary one is the low byte.
    public init(extendedCode: Int32, message: String, sql: String? = nil) {
        self.code = extendedCode & 0xff
        self.extendedCode = extendedCode
        self.message = message
        self.sql = sql
    }

    /// A file whose content contradicts itself.
    public static func corrupt(_ message: String) -> SQLiteError {
        SQLiteError(extendedCode: SQLITE_CORRUPT, message: message)
    }

    /// The disk, or the room that the database may take, is used up.
    public var isFull: Bool { code == SQLITE_FULL }

    /// The file system failed a read, a write or a sync.
    public var isIOError: Bool { code == SQLITE_IOERR }

    /// A sync failed: what was written may or may not be on the disk.
    public var isSyncError: Bool {
        extendedCode == ioErrorSync || extendedCode == ioErrorDirectorySync
    }

    /// The file is no SQLite database, or a damaged one.
    public var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

    /// Another connection holds a lock.
    public var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }

    /// Code, message and statement.
    public var description: String {
        "SQLite error \(extendedCode): \(message)" + (sql.map { " in: \($0)" } ?? "")
    }
}

/// `SQLITE_IOERR_FSYNC`, a macro with an expression that Swift does not import.
private let ioErrorSync: Int32 = SQLITE_IOERR | (4 << 8)
/// `SQLITE_IOERR_DIR_FSYNC`.
private let ioErrorDirectorySync: Int32 = SQLITE_IOERR | (5 << 8)
