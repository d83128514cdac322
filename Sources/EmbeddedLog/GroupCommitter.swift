import EventLog
import SQLite

/// Runs the calls that wait in one transaction, and brings the file back after a failure.
///
/// Belongs to the writer's thread.
///
/// What a failure means to those who called: before `COMMIT` nothing has happened. A `COMMIT`
/// that fails while it writes leaves no commit frame behind, so nothing has happened either. One
/// that fails in the WAL's sync leaves whole frames in the file, which no connection counts
/// while one is open that knows the WAL's end (the readers' are), but which the next opening
/// after the last process went would take for committed. So a transaction without content is
/// written over them at once, which breaks their chain of checksums; once that one is synced the
/// failed calls are gone for certain, and they are answered `unavailable`. Where that sync fails
/// too, they are answered the same, and it is tried again before anything else is written: only
/// if every process goes down before it succeeds may calls answered `unavailable` be found done.
final class GroupCommitter {
    private let file: LogFile
    private let lock: WriteLock
    private let options: EmbeddedLog.Options
    private let now: @Sendable () -> Int64
    private let bell: Bell
    /// Nil while it could not be opened again.
    private var connection: Connection?
    private var catalog = Catalog()
    private var cursors: [Int64: WriteTransaction.Cursor] = [:]
    /// The batch that `cursors` are of: another process wrote where the file has a later one.
    private var knownBatch: Int64 = -1
    private var mustOverwrite = false
    private var framesMoved = 0

    init(
        file: LogFile, lock: WriteLock, options: EmbeddedLog.Options,
        now: @escaping @Sendable () -> Int64, bell: Bell, connection: Connection
    ) {
        self.file = file
        self.lock = lock
        self.options = options
        self.now = now
        self.bell = bell
        self.connection = connection
    }

    /// Does the calls and answers them.
    ///
    /// - Parameter waiting: how many calls wait behind these.
    func commit(_ calls: [PendingWrite], waiting: () -> Int) {
        let start = ContinuousClock.now
        let outcome = lock.withLock { transact(calls) }
        switch outcome {
        case .success(let done):
            for settle in done.settles { settle() }
            bell.ringHere(batch: knownBatch)
            options.onCommit?(
                EmbeddedLog.GroupCommit(
                    calls: calls.count, records: done.records, duration: .now - start,
                    waiting: waiting()))
        case .failure(let error):
            for call in calls { call.fail(error) }
        }
        checkpointIfDue()
    }

    /// Lets go of the file.
    func close() {
        connection = nil
    }

    private struct Done {
        var settles: [PendingWrite.Settle] = []
        var records = 0
    }

    private func transact(_ calls: [PendingWrite]) -> Result<Done, LogError> {
        var done = Done()
        var batch: Int64 = 0
        var isCommitting = false
        do {
            let connection = try openConnection()
            try connection.execute("BEGIN IMMEDIATE")
            batch = try connection.integer("SELECT batch FROM state") ?? 0
            if batch != knownBatch { cursors = [:] }
            let transaction = WriteTransaction(
                connection: connection, now: now(), recordLimit: options.recordBytes,
                catalog: catalog, cursors: cursors)
            let changes = connection.totalChanges
            for call in calls { done.settles.append(try call.apply(transaction)) }
            try transaction.flush()
            if connection.totalChanges != changes {
                batch += 1
                try connection.run("UPDATE state SET batch = ?1", .integer(batch))
            }
            isCommitting = true
            try connection.execute("COMMIT")
            catalog = transaction.catalog
            cursors = transaction.cursors
            done.records = transaction.recordCount
        } catch {
            let hasLanded = recover(from: error, batch: isCommitting ? batch : nil)
            guard hasLanded else { return .failure(logError(error)) }
        }
        knownBatch = batch
        bell.tellOthers(batch: batch)
        return .success(done)
    }

    /// How long a checkpoint waits for readers. Theirs are short but for a copy of the whole file,
    /// which is not waited for: appends stand still meanwhile.
    private static let readerMilliseconds: Int32 = 100

    private func openConnection() throws -> Connection {
        let connection = try self.connection ?? file.openForWriting()
        self.connection = connection
        if mustOverwrite { try overwriteFailedFrames(connection) }
        return connection
    }

    /// Closes the connection and opens it anew, so that nothing of the failed transaction is left
    /// in memory.
    ///
    /// - Parameter batch: the number that the transaction has if it landed; nil where its
    ///   `COMMIT` was not reached.
    /// - Returns: whether it landed all the same and is on the disk.
    private func recover(from failure: any Error, batch: Int64?) -> Bool {
        connection?.rollback()
        connection = nil
        catalog = Catalog()
        cursors = [:]
        knownBatch = -1
        guard let batch else { return false }
        mustOverwrite = (failure as? SQLiteError)?.isFull != true
        do {
            let connection = try file.openForWriting()
            self.connection = connection
            if try connection.integer("SELECT batch FROM state") == batch {
                // Seen, but its sync failed: it counts once a checkpoint has synced its pages.
                try connection.checkpoint(.truncate)
                mustOverwrite = false
                return true
            }
            if mustOverwrite { try overwriteFailedFrames(connection) }
        } catch {
            // What counts is the first failure; this one shows itself again at the next call.
            connection?.rollback()
            connection = nil
        }
        return false
    }

    private func overwriteFailedFrames(_ connection: Connection) throws {
        try connection.transaction {
            try connection.execute("UPDATE state SET batch = batch + 1")
        }
        mustOverwrite = false
    }

    /// Moves the WAL's pages to the database file once there are many.
    ///
    /// Its failure fails nobody: the WAL stays as it is and the next call tries again.
    private func checkpointIfDue() {
        guard let connection else { return }
        let frames = connection.walFrames
        if frames < framesMoved { framesMoved = 0 }
        let pageBytes = logPageBytes
        guard (frames - framesMoved) * pageBytes >= options.passiveCheckpointBytes else { return }
        let mode: Connection.CheckpointMode =
            frames * pageBytes >= options.truncatingCheckpointBytes ? .truncate : .passive
        lock.withLock {
            do {
                try connection.checkpoint(mode, busyMilliseconds: Self.readerMilliseconds)
                framesMoved = mode == .passive ? frames : 0
            } catch {
                framesMoved = frames
            }
        }
    }
}
