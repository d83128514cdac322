import CSQLite

/// What a program's SQLite files are called and how an older one becomes a newer one.
///
/// The file's `application_id` names the program, its `user_version` the number of migrations
/// that it has been through.
public struct Format: Sendable {
    /// Four bytes that mark the files of this program, never 0.
    public let applicationID: Int32
    /// Migration n, from 1, brings a file of version n - 1 to version n. One that has landed is
    /// never edited.
    public let migrations: [String]

    /// A format known by its `application_id`, at version `migrations.count`.
    public init(applicationID: Int32, migrations: [String]) {
        self.applicationID = applicationID
        self.migrations = migrations
    }

    /// The version that the migrations lead to.
    public var version: Int { migrations.count }

    /// What is to be done with a file that was found.
    public enum Verdict: Equatable, Sendable {
        /// It is as it should be.
        case current
        /// It is empty or older: run the migrations from this version on.
        case migrate(from: Int)
        /// It was written by a newer program.
        case newer(version: Int)
        /// It belongs to another program.
        case foreign
    }

    /// Judges a file by its marks.
    ///
    /// - Parameter isEmpty: whether the file has no tables.
    public func verdict(applicationID: Int32, version: Int, isEmpty: Bool) -> Verdict {
        if applicationID == 0, version == 0, isEmpty { return .migrate(from: 0) }
        guard applicationID == self.applicationID, version >= 1 else { return .foreign }
        if version > self.version { return .newer(version: version) }
        return version == self.version ? .current : .migrate(from: version)
    }
}

extension Connection {
    /// Brings the file to the format's version, each migration in a transaction of its own.
    ///
    /// - Returns: `current` where the file is ready to use, whether or not there was anything to
    ///   do; `newer` or `foreign` where nothing was touched.
    public func bring(to format: Format) throws -> Format.Verdict {
        let verdict = format.verdict(
            applicationID: Int32(try integer("PRAGMA application_id") ?? 0),
            version: Int(try integer("PRAGMA user_version") ?? 0),
            isEmpty: try integer("SELECT count(*) FROM sqlite_schema") == 0)
        guard case .migrate(let from) = verdict else { return verdict }
        try execute("PRAGMA journal_mode = WAL")
        for version in from..<format.version {
            try transaction {
                try execute(format.migrations[version])
                try execute("PRAGMA application_id = \(format.applicationID)")
                try execute("PRAGMA user_version = \(version + 1)")
            }
        }
        return .current
    }
}
