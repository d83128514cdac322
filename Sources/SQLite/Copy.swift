import CSQLite

extension Connection {
    /// Opens a file that nobody writes, without making companions of it.
    ///
    /// - Throws: where there is none.
    public static func unchanging(_ path: String) throws(SQLiteError) -> Connection {
        try Connection(unchanging: path)
    }

    /// Copies the whole database, as it is at one moment, into a new file; others go on writing.
    ///
    /// One read transaction lasts as long as it takes, and the write-ahead log cannot begin anew
    /// meanwhile. Nothing is synced: that is the caller's.
    ///
    /// - Parameters:
    ///   - target: where no file is, or an empty one.
    ///   - progress: told after every few MiB how many pages of how many are copied.
    /// - Throws: an error with `isFull` where the target's disk is.
    public func copy(
        to target: String, progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let result = sqlite3_open_v2(target, &opened, flags, nil)
        defer { sqlite3_close_v2(opened) }
        guard result == SQLITE_OK, let opened else {
            throw SQLiteError(
                extendedCode: opened.map(sqlite3_extended_errcode) ?? result,
                message: "\(target): " + String(cString: sqlite3_errstr(result)))
        }
        sqlite3_extended_result_codes(opened, 1)
        // A copy that breaks off is thrown away: it needs no journal.
        let settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"
        guard sqlite3_exec(opened, settings, nil, nil, nil) == SQLITE_OK else {
            throw lastError(of: opened, sql: settings)
        }
        try snapshot {
            // The transaction begins with the first read.
            _ = try integer("SELECT count(*) FROM sqlite_schema")
            guard let backup = sqlite3_backup_init(opened, "main", handle, "main") else {
                throw lastError(of: opened, sql: "backup")
            }
            var step = SQLITE_OK
            while step == SQLITE_OK {
                step = sqlite3_backup_step(backup, pagesAStep)
                let total = Int64(sqlite3_backup_pagecount(backup))
                progress(total - Int64(sqlite3_backup_remaining(backup)), total)
            }
            let end = sqlite3_backup_finish(backup)
            guard step == SQLITE_DONE, end == SQLITE_OK else {
                throw SQLiteError(
                    extendedCode: step == SQLITE_DONE ? end : step,
                    message: String(cString: sqlite3_errstr(step == SQLITE_DONE ? end : step)),
                    sql: "backup")
            }
        }
    }
}

private let pagesAStep: Int32 = 2_048
