import CSQLite

/// A prepared statement of one connection, used where the connection is used.
///
/// Parameters count from 1, columns from 0, as in SQLite.
public final class Statement {
    /// SQLite's own handle, for paths where the wrapper's cost counts.
    public let handle: OpaquePointer
    private let database: OpaquePointer
    private let sql: String

    init(handle: OpaquePointer, database: OpaquePointer, sql: String) {
        self.handle = handle
        self.database = database
        self.sql = sql
    }

    /// Goes to the next row; false after the last one, when the statement is reset.
    public func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW:
            return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default:
            let error = lastError(of: database, sql: sql)
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Runs a statement that brings no rows, or none that matter.
    public func run() throws(SQLiteError) {
        while try step() {}
    }

    /// Makes the statement ready to run again; bindings stay.
    public func reset() {
        sqlite3_reset(handle)
    }

    /// Binds values to parameters 1, 2, ….
    public func bind(_ values: [Value]) throws(SQLiteError) {
        for (index, value) in values.enumerated() {
            let parameter = Int32(index + 1)
            switch value {
            case .null: try check(sqlite3_bind_null(handle, parameter))
            case .integer(let integer): try bind(parameter, integer)
            case .real(let real): try bind(parameter, real)
            case .text(let text): try bind(parameter, text)
            case .blob(let bytes): try bind(parameter, bytes)
            }
        }
    }

    /// Binds an integer.
    public func bind(_ parameter: Int32, _ value: Int64) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, parameter, value))
    }

    /// Binds a real number; NaN becomes NULL.
    public func bind(_ parameter: Int32, _ value: Double) throws(SQLiteError) {
        try check(sqlite3_bind_double(handle, parameter, value))
    }

    /// Binds a text.
    public func bind(_ parameter: Int32, _ value: String) throws(SQLiteError) {
        var value = value
        let result = value.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { start in
                    tacho_sqlite3_bind_text(handle, parameter, start, UInt64(text.count))
                } ?? tacho_sqlite3_bind_text(handle, parameter, "", 0)
            }
        }
        try check(result)
    }

    /// Binds bytes, or NULL; no bytes are an empty blob, not NULL.
    public func bind(_ parameter: Int32, _ value: [UInt8]?) throws(SQLiteError) {
        guard let value else { return try check(sqlite3_bind_null(handle, parameter)) }
        guard !value.isEmpty else { return try check(sqlite3_bind_zeroblob(handle, parameter, 0)) }
        let result = value.withUnsafeBytes { bytes in
            tacho_sqlite3_bind_blob(handle, parameter, bytes.baseAddress, UInt64(bytes.count))
        }
        try check(result)
    }

    /// Whether the column is NULL.
    public func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// The column as an integer; 0 for NULL.
    public func int64(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    /// The column as a real number; 0 for NULL.
    public func double(_ column: Int32) -> Double {
        sqlite3_column_double(handle, column)
    }

    /// The column as a text; empty for NULL.
    public func string(_ column: Int32) -> String {
        guard let text = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// The column as bytes; none for NULL.
    public func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The column's bytes where SQLite keeps them, none for NULL; valid within the body only.
    public func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        let start = sqlite3_column_blob(handle, column)
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
        return body(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func check(_ result: Int32) throws(SQLiteError) {
        guard result == SQLITE_OK else { throw lastError(of: database, sql: sql) }
    }

    func finalize() {
        sqlite3_finalize(handle)
    }
}

/// What the connection says of its last failure.
func lastError(of database: OpaquePointer?, sql: String?) -> SQLiteError {
    SQLiteError(
        extendedCode: sqlite3_extended_errcode(database),
        message: String(cString: sqlite3_errmsg(database)), sql: sql)
}
