import CSQLite

extension Connection {
    /// Whether a transaction is open.
    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Runs the body in one transaction that may write: committed when it returns, rolled back
    /// when it throws.
    public func transaction<T>(_ body: () throws -> T) throws -> T {
        try execute("BEGIN IMMEDIATE")
        return try finish(body)
    }

    /// Runs the body in one transaction that reads: everything in it sees one state.
    public func snapshot<T>(_ body: () throws -> T) throws -> T {
        try execute("BEGIN")
        return try finish(body)
    }

    /// Gives up the open transaction, where there is one.
    ///
    /// A failed rollback leaves nothing behind that the next opening would not roll back, so it
    /// is no error of its own.
    public func rollback() {
        guard isInTransaction else { return }
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    private func finish<T>(_ body: () throws -> T) throws -> T {
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            rollback()
            throw error
        }
    }
}
