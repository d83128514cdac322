import CSQLite

extension Connection {
    /// How hard a checkpoint tries.
    public enum CheckpointMode: Sendable {
        /// Moves what it can without waiting for anybody.
        case passive
        /// Waits for readers, so that the next write starts the WAL from its beginning.
        case restart
        /// As `restart`, and cuts the WAL file down to nothing.
        case truncate
    }

    /// What a checkpoint did.
    public struct CheckpointResult: Equatable, Sendable {
        /// Frames in the WAL.
        public let frames: Int
        /// Frames of them that are in the database file now.
        public let moved: Int

        /// Whether nothing is left to move.
        public var isComplete: Bool { frames == moved }
    }

    /// Moves pages from the WAL to the database file and syncs both.
    ///
    /// - Parameter busyMilliseconds: how long to wait for readers; nil is the connection's busy
    ///   time-out.
    /// - Throws: an error with `isBusy` where readers were in the way for as long as that; nothing
    ///   is lost by it.
    @discardableResult
    public func checkpoint(
        _ mode: CheckpointMode, busyMilliseconds wait: Int32? = nil
    ) throws(SQLiteError) -> CheckpointResult {
        if let wait { sqlite3_busy_timeout(handle, wait) }
        defer { if wait != nil { sqlite3_busy_timeout(handle, busyMilliseconds) } }
        var frames: Int32 = 0
        var moved: Int32 = 0
        let how =
            switch mode {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .restart: SQLITE_CHECKPOINT_RESTART
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        guard sqlite3_wal_checkpoint_v2(handle, nil, how, &frames, &moved) == SQLITE_OK else {
            throw lastError(of: handle, sql: "wal_checkpoint")
        }
        return CheckpointResult(frames: Int(frames), moved: Int(moved))
    }

    /// Frames in the WAL after this connection's last commit: one a page written since the WAL
    /// last began anew.
    public var walFrames: Int { frames.pointee }

    func countFrames() {
        let count:
            @convention(c) (
                UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32
            ) -> Int32 = { context, _, _, frames in
                context?.assumingMemoryBound(to: Int.self).pointee = Int(frames)
                return SQLITE_OK
            }
        sqlite3_wal_hook(handle, count, frames)
    }
}
