public import EventLog
internal import Glibc
internal import Metrics
internal import SQLite
internal import Synchronization
public import Topics

/// What one version's results look like to whoever asks: one SQLite file, written by one process,
/// in which rows and the positions that they come from move in one transaction.
///
/// It is a cache: whatever is wrong with the file, it can be made again from the log.
public final class Projection: Sendable {
    /// The limits of a projection.
    public struct Limits: Sendable {
        /// Pages in the write-ahead log from which they are moved to the file after a write.
        public var framesToCheckpoint = 2_000
        /// Pages in the write-ahead log from which the writer waits for readers to move them all.
        public var framesToWaitForReaders = 16_000
        /// How long the writer waits for readers then, in milliseconds.
        public var busyMilliseconds: Int32 = 1_000
        /// Memory for pages of the writing connection, in KiB.
        public var writerCacheKiB = 32_768
        /// Connections kept for reading.
        public var idleReaders = 8

        /// The defaults.
        public init() {}
    }

    /// What was found when the projection was opened.
    public enum Opening: Equatable, Sendable {
        /// No file; there is one now.
        case made
        /// A good file.
        case found
        /// A file of no use, for this reason; there is an empty one now.
        case remade(reason: String)
    }

    /// Whose results these are.
    public let version: Version
    /// The SQLite file.
    public let path: String
    /// What was found.
    public let opening: Opening
    /// Whether what was read still holds.
    public let stamps = WriteStamps()
    let pool: ReadPool
    private let scores: Topic<Tacho_V1_TripScore>
    private let limits: Limits
    private let lock: WriterLock
    private let writer: Mutex<ProjectionWriter>
    let damaged = Atomic(false)
    private let documents = Atomic(0)
    private let documentsRead: Counter

    /// Opens `projection.vN.sqlite` in a directory that exists, and makes it where there is none
    /// or where the one there is damaged or of an older format.
    ///
    /// - Throws: ``ProjectionError``; an error of SQLite.
    public init(directory: String, version: Version, limits: Limits = Limits()) throws {
        let path = "\(directory)/projection.\(version).sqlite"
        if let name = FileSystem.untrusted(path: directory) {
            throw ProjectionError.untrustedFileSystem(path: path, name: name)
        }
        lock = try WriterLock(besides: path)
        let (writer, opening) = try Self.open(path, limits)
        self.version = version
        scores = Topics.tripScores(version)
        self.path = path
        self.opening = opening
        self.limits = limits
        pool = ReadPool(path: path, idleLimit: limits.idleReaders)
        documentsRead = Counter(
            label: "tacho_projection_documents_read_total",
            dimensions: [("version", String(version.number))])
        self.writer = Mutex(writer)
    }

    /// The next offset to read, a partition; those never read are left out.
    public var positions: [TopicPartition: Int64] { writer.withLock { $0.positions } }

    /// For partitions of `trip-uploads`, the offset before which every upload is scored.
    public var progress: [Int: Int64] { writer.withLock { $0.progress } }

    /// Takes a batch in, all or nothing. What is in already is passed over, so that applying a
    /// batch twice changes nothing.
    ///
    /// - Throws: an error of SQLite, after which nothing has changed.
    public func apply(_ batch: ProjectionBatch) throws {
        try writer.withLock { writer in
            stamps.raise(batch.subjects)
            defer { stamps.settle() }
            try writer.apply(batch, stamps)
        }
    }

    /// Writes rows anew whose showing has changed without a record of the log.
    public func show(_ rows: [TripRow]) throws {
        try writer.withLock { writer in
            stamps.raise(rows.flatMap { [.trip($0.trip), .user($0.user), .everybody] })
            defer { stamps.settle() }
            try writer.show(rows, stamps)
        }
    }

    /// Documents of trips and of events that were read since the projection was opened.
    public var documentCount: Int { documents.load(ordering: .relaxed) }

    /// So many documents have been read.
    func count(documents count: Int) {
        documents.wrappingAdd(count, ordering: .relaxed)
        documentsRead.increment(by: Int64(count))
    }

    /// Moves the write-ahead log into the file where it has grown enough. What fails here loses
    /// nothing, and is tried again the next time.
    public func checkpointIfDue() throws {
        try writer.withLock { try $0.checkpointIfDue() }
    }

    /// What the version says of a row's trip; nil where the bytes are not readable, which no writer
    /// leaves.
    public func message(of row: TripRow) -> Tacho_V1_TripScore? { decoded(row.message) }

    func decoded(_ message: [UInt8]) -> Tacho_V1_TripScore? { try? scores.decode(message) }

    /// Whether a read has found the file damaged since it was last made.
    public var isDamaged: Bool { damaged.load(ordering: .relaxed) }

    /// Throws everything away, to be filled from the log again. Reads that are under way end on
    /// the old file.
    public func remake() throws {
        try writer.withLock { writer in
            stamps.raiseAll()
            defer { stamps.settle() }
            pool.renew()
            Self.remove(path)
            writer = try Self.make(path, limits)
            pool.renew()
        }
        damaged.store(false, ordering: .relaxed)
    }

    /// Bytes on the disk: the file and its write-ahead log.
    public static func diskBytes(directory: String, version: Version) -> Int64 {
        ["", "-wal"].reduce(0) { sum, suffix in
            var found = stat()
            guard stat("\(directory)/projection.\(version).sqlite\(suffix)", &found) == 0 else {
                return sum
            }
            return sum + Int64(found.st_blocks) * 512
        }
    }

    /// Removes the file of a version that nobody serves any more, where it is there.
    public static func remove(directory: String, version: Version) {
        let path = "\(directory)/projection.\(version).sqlite"
        remove(path)
        unlink(path + ".lock")
    }

    private static func open(
        _ path: String, _ limits: Limits
    ) throws -> sending (ProjectionWriter, Opening) {
        let reason: String
        do {
            let connection = try connect(path, limits)
            switch try ProjectionSchema.verdict(of: connection) {
            case .current: return (try ProjectionWriter(connection, limits: limits), .found)
            case .empty:
                try ProjectionSchema.make(in: connection)
                return (try ProjectionWriter(connection, limits: limits), .made)
            case .newer(let version):
                throw ProjectionError.newer(path: path, version: Int(version))
            case .foreign: throw ProjectionError.foreign(path: path)
            case .older(let version): reason = "format \(version) is old"
            }
        } catch let error as SQLiteError where error.isCorrupt {
            reason = "the file is damaged: \(error.message)"
        }
        remove(path)
        return (try make(path, limits), .remade(reason: reason))
    }

    private static func make(_ path: String, _ limits: Limits) throws -> sending ProjectionWriter {
        let connection = try connect(path, limits)
        try ProjectionSchema.make(in: connection)
        return try ProjectionWriter(connection, limits: limits)
    }

    private static func connect(
        _ path: String, _ limits: Limits
    ) throws(SQLiteError) -> Connection {
        let connection = try Connection(
            path: path, mode: .readWrite, synchronous: .normal,
            busyMilliseconds: limits.busyMilliseconds)
        try connection.execute("PRAGMA cache_size = -\(limits.writerCacheKiB)")
        return connection
    }

    private static func remove(_ path: String) {
        // The file last: a write-ahead log that outlived it would be played into the next one.
        for suffix in ["-wal", "-shm", ""] { unlink(path + suffix) }
    }
}
