import SQLite

/// The tables of a log's file.
///
/// A record's row id is its partition's id shifted by 40 bits plus its offset, which clusters the
/// records of a partition in offset order in a table B-tree; the same as a `WITHOUT ROWID` table
/// would spill every value of more than a thousand bytes to an overflow page.
let logFormat = Format(
    applicationID: 0x5461_4c67,  // "TaLg"
    migrations: [
        """
        CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            -- Rises with every transaction that writes, of whatever process.
            batch INTEGER NOT NULL
        ) STRICT;
        INSERT INTO state VALUES (1, 0);
        CREATE TABLE topics (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            -- Its partitions have the ids first_partition + number.
            first_partition INTEGER NOT NULL,
            partitions INTEGER NOT NULL,
            is_compacted INTEGER NOT NULL,
            retention_ms INTEGER
        ) STRICT;
        CREATE TABLE partitions (
            id INTEGER PRIMARY KEY,
            start_offset INTEGER NOT NULL,
            next_offset INTEGER NOT NULL,
            -- The latest timestamp that any record ever had.
            latest_ms INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE records (
            id INTEGER PRIMARY KEY,
            timestamp_ms INTEGER NOT NULL,
            key BLOB NOT NULL,
            value BLOB,
            headers BLOB
        ) STRICT;
        -- Every record before offset has a timestamp of latest_ms at most. Timestamps are not
        -- sorted, but their running maximum is: it says where a search by time may begin.
        CREATE TABLE marks (
            partition INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            latest_ms INTEGER NOT NULL,
            PRIMARY KEY (partition, offset)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE groups (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            epoch INTEGER NOT NULL,
            -- NULL once it has left.
            member TEXT
        ) STRICT;
        CREATE TABLE group_offsets (
            group_id INTEGER NOT NULL,
            partition INTEGER NOT NULL,
            next_offset INTEGER NOT NULL,
            PRIMARY KEY (group_id, partition)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        -- How far each partition of a compacted topic is compacted.
        CREATE TABLE compactions (
            partition INTEGER PRIMARY KEY,
            -- No two records before it had one key when it was written.
            clean_offset INTEGER NOT NULL,
            -- What was left before it.
            records INTEGER NOT NULL,
            tombstones INTEGER NOT NULL
        ) STRICT;
        -- What tombstones before an offset superseded was gone at a time: from then on their own
        -- time runs.
        CREATE TABLE horizons (
            partition INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            cleaned_ms INTEGER NOT NULL,
            PRIMARY KEY (partition, offset)
        ) STRICT, WITHOUT ROWID;
        """,
    ])

/// Bytes of a page of the file.
let logPageBytes = 4_096

/// Records between two rows of `marks` of a partition.
let markDistance: Int64 = 4_096

/// The row id of a record.
func rowID(partition: Int64, offset: Int64) -> Int64 { partition << 40 | offset }

/// The offset in a record's row id.
func offset(ofRow id: Int64) -> Int64 { id & (1 << 40 - 1) }
