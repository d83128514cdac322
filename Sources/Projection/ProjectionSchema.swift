internal import SQLite

/// The tables of a projection. A file of an older schema is not migrated but made anew: the log
/// has everything.
enum ProjectionSchema {
    /// `tapr`, which marks the file as a projection.
    static let applicationID: Int64 = 0x7461_7072
    /// Raised with every change to ``tables`` or to what their columns hold.
    static let version: Int64 = 2
    /// Most rows are read without their documents, so small columns come first.
    static let tables = """
        CREATE TABLE positions (
            topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
            PRIMARY KEY (topic, partition)
        ) WITHOUT ROWID;
        CREATE TABLE progress (partition INTEGER PRIMARY KEY, next_offset INTEGER NOT NULL);
        CREATE TABLE trips (
            id TEXT NOT NULL PRIMARY KEY,
            user TEXT NOT NULL,
            status INTEGER NOT NULL,
            sort_time INTEGER NOT NULL,
            partition INTEGER NOT NULL,
            last_upload INTEGER NOT NULL,
            last_upload_time INTEGER NOT NULL,
            distance_m INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL,
            score INTEGER,
            hard_brakes INTEGER NOT NULL,
            hard_accelerations INTEGER NOT NULL,
            hard_corners INTEGER NOT NULL,
            first_upload INTEGER NOT NULL,
            max_speed INTEGER NOT NULL,
            document_tag INTEGER NOT NULL,
            events_tag INTEGER NOT NULL,
            document BLOB NOT NULL,
            events BLOB NOT NULL,
            message BLOB NOT NULL
        );
        CREATE INDEX trips_newest ON trips (sort_time DESC, id) WHERE status < 3;
        CREATE INDEX trips_of_user ON trips (user, sort_time DESC, id) WHERE status < 3;
        CREATE INDEX trips_of_status ON trips (status, sort_time DESC, id) WHERE status < 3;
        CREATE INDEX trips_scored ON trips (user, sort_time DESC, id, score, distance_m)
            WHERE status < 3 AND score IS NOT NULL;
        CREATE TABLE blocks (
            number INTEGER PRIMARY KEY, trip TEXT NOT NULL, upload INTEGER NOT NULL,
            time INTEGER NOT NULL, says_facts INTEGER NOT NULL, value BLOB NOT NULL
        );
        CREATE UNIQUE INDEX blocks_of_trip ON blocks (trip, upload);
        CREATE INDEX blocks_with_facts ON blocks (trip, upload) WHERE says_facts = 1;
        CREATE TABLE reported_pois (
            trip TEXT NOT NULL, user TEXT NOT NULL, id TEXT NOT NULL, kind INTEGER NOT NULL,
            latitude INTEGER NOT NULL, longitude INTEGER NOT NULL, time INTEGER NOT NULL,
            reported INTEGER NOT NULL, PRIMARY KEY (trip, user, id)
        ) WITHOUT ROWID;
        CREATE INDEX reported_pois_by_id ON reported_pois (id);
        CREATE TABLE profiles (
            id TEXT NOT NULL PRIMARY KEY, user TEXT NOT NULL, deleted INTEGER NOT NULL,
            created INTEGER NOT NULL, updated INTEGER NOT NULL, first_name TEXT, last_name TEXT,
            picture TEXT, fuel_consumption REAL, home_latitude INTEGER, home_longitude INTEGER,
            home_radius INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX profiles_of_user ON profiles (user, deleted, created, id);
        CREATE TABLE totals (
            user TEXT NOT NULL PRIMARY KEY, trips INTEGER NOT NULL, distance_m INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL, hard_brakes INTEGER NOT NULL,
            hard_accelerations INTEGER NOT NULL, hard_corners INTEGER NOT NULL,
            max_speed INTEGER NOT NULL, rating INTEGER, is_hidden INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX ranking ON totals (rating DESC, distance_m DESC, user)
            WHERE rating IS NOT NULL AND is_hidden = 0;
        CREATE TABLE ratings (rating INTEGER PRIMARY KEY, users INTEGER NOT NULL);
        """

    /// What a file that was found is.
    enum Verdict: Equatable {
        case empty
        case current
        case older(version: Int64)
        case newer(version: Int64)
        case foreign
    }

    static func verdict(of connection: Connection) throws(SQLiteError) -> Verdict {
        let mark = try connection.integer("PRAGMA application_id") ?? 0
        let found = try connection.integer("PRAGMA user_version") ?? 0
        guard try connection.integer("SELECT count(*) FROM sqlite_schema") != 0 else {
            return .empty
        }
        guard mark == applicationID else { return .foreign }
        if found > version { return .newer(version: found) }
        return found == version ? .current : .older(version: found)
    }

    static func make(in connection: Connection) throws {
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.transaction {
            try connection.execute(tables)
            try connection.execute("PRAGMA application_id = \(applicationID)")
            try connection.execute("PRAGMA user_version = \(version)")
        }
    }
}
