import CSQLite

/// One connection to one SQLite file, in WAL mode, without any checkpoint that nobody asked for.
///
/// Not `Sendable`: it belongs to one thread or one actor at a time. SQLite before 3.51.3 can
/// corrupt a WAL file when several connections write and checkpoint at once, so automatic
/// checkpoints are off and closing makes none: whoever opens several writing connections keeps
/// their writes and ``checkpoint(_:)`` calls under one lock of its own.
public final class Connection {
    /// How a connection is opened.
    public enum Mode: Sendable {
        /// Reads and writes; makes the file where there is none.
        case readWrite
        /// Refuses to write; the file must exist.
        case readOnly
    }

    /// When a commit counts as done.
    public enum Synchronous: String, Sendable {
        /// Once the WAL is synced to the disk: survives a power cut.
        case full = "FULL"
        /// Once the WAL is written: survives a crash of the process; a power cut may lose the
        /// last commits, but never the consistency of the file.
        case normal = "NORMAL"
    }

    /// SQLite's own handle, for paths where the wrapper's cost counts.
    public let handle: OpaquePointer
    /// Where the file is.
    public let path: String
    let busyMilliseconds: Int32
    private var statements: [String: Statement] = [:]
    let frames = UnsafeMutablePointer<Int>.allocate(capacity: 1)

    /// Opens a file, and makes it with incremental vacuum and in WAL mode where it is new.
    ///
    /// - Parameters:
    ///   - busyMilliseconds: how long to wait for another connection's lock.
    ///   - pageBytes: the page size of a file that this call makes.
    public init(
        path: String, mode: Mode, synchronous: Synchronous = .full, busyMilliseconds: Int32 = 5_000,
        pageBytes: Int = 4_096
    ) throws(SQLiteError) {
        let flags =
            switch mode {
            case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly: SQLITE_OPEN_READWRITE
            }
        let database = try Self.open(path, path, flags)
        handle = database
        self.busyMilliseconds = busyMilliseconds
        self.path = path
        frames.initialize(to: 0)
        sqlite3_extended_result_codes(database, 1)
        sqlite3_busy_timeout(database, busyMilliseconds)
        tacho_sqlite3_no_checkpoint_on_close(database)
        try execute("PRAGMA synchronous = \(synchronous.rawValue)")
        try execute("PRAGMA wal_autocheckpoint = 0")
        countFrames()
        switch mode {
        case .readWrite:
            // A file that is there already may be somebody else's: it stays as it is.
            guard try integer("PRAGMA page_count") == 0 else { return }
            try execute("PRAGMA page_size = \(pageBytes)")
            try execute("PRAGMA auto_vacuum = INCREMENTAL")
            try execute("PRAGMA journal_mode = WAL")
        case .readOnly:
            // Opened for writing all the same: a reader of a WAL file must write its wal-index.
            try execute("PRAGMA query_only = ON")
        }
    }

    init(unchanging path: String) throws(SQLiteError) {
        var uri = "file:"
        for byte in path.utf8 {
            if byte < 0x80, !"%?#".utf8.contains(byte) {
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                uri += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
            }
        }
        handle = try Self.open(
            path, uri + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
        self.path = path
        busyMilliseconds = 0
        frames.initialize(to: 0)
        sqlite3_extended_result_codes(handle, 1)
    }

    private static func open(
        _ path: String, _ name: String, _ flags: Int32
    ) throws(SQLiteError) -> OpaquePointer {
        var database: OpaquePointer?
        let result = sqlite3_open_v2(name, &database, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard result == SQLITE_OK, let database else {
            let error = SQLiteError(
                extendedCode: database.map(sqlite3_extended_errcode) ?? result,
                message: "\(path): " + String(cString: sqlite3_errstr(result)))
            sqlite3_close_v2(database)
            throw error
        }
        return database
    }

    deinit {
        for statement in statements.values { statement.finalize() }
        sqlite3_close_v2(handle)
        frames.deallocate()
    }

    /// Runs SQL without parameters: one statement or several.
    public func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw lastError(of: handle, sql: sql)
        }
    }

    /// The prepared statement for this SQL: made once, kept, reset, its bindings cleared.
    ///
    /// One SQL text is one statement: it must not be used again before its rows are read.
    public func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] {
            statement.reset()
            sqlite3_clear_bindings(statement.handle)
            return statement
        }
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        guard sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, nil) == SQLITE_OK,
            let prepared
        else { throw lastError(of: handle, sql: sql) }
        let statement = Statement(handle: prepared, database: handle, sql: sql)
        statements[sql] = statement
        return statement
    }

    /// Runs one statement with values bound to its parameters.
    public func run(_ sql: String, _ values: Value...) throws(SQLiteError) {
        let statement = try statement(sql)
        try statement.bind(values)
        try statement.run()
    }

    /// Runs a query and makes one value a row.
    public func rows<T>(
        _ sql: String, _ values: Value..., row: (Statement) -> T
    ) throws(SQLiteError) -> [T] {
        let statement = try statement(sql)
        try statement.bind(values)
        var rows: [T] = []
        while try statement.step() { rows.append(row(statement)) }
        return rows
    }

    /// The first column of the first row as an integer; nil without a row, or for NULL.
    public func integer(_ sql: String, _ values: Value...) throws(SQLiteError) -> Int64? {
        let statement = try statement(sql)
        try statement.bind(values)
        defer { statement.reset() }
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.int64(0)
    }

    /// Rows that all statements of this connection have changed so far.
    public var totalChanges: Int { Int(sqlite3_total_changes64(handle)) }

    /// Rows that the last `INSERT`, `UPDATE` or `DELETE` changed.
    public var changes: Int { Int(sqlite3_changes64(handle)) }
}
