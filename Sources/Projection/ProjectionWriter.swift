internal import EventLog
internal import SQLite
internal import Trips

/// The one writing connection of a projection.
final class ProjectionWriter {
    private let connection: Connection
    private let limits: Projection.Limits
    /// The next offset to read, a partition, as committed.
    private(set) var positions: [TopicPartition: Int64] = [:]
    /// The offset before which all is scored, a partition of uploads, as committed.
    private(set) var progress: [Int: Int64] = [:]

    init(_ connection: Connection, limits: Projection.Limits) throws(SQLiteError) {
        self.connection = connection
        self.limits = limits
        let stored = try connection.rows("SELECT topic, partition, next_offset FROM positions") {
            (topic: $0.string(0), partition: Int($0.int64(1)), next: $0.int64(2))
        }
        for row in stored {
            guard let topic = TopicName(row.topic) else {
                throw .corrupt("a position of a topic that no log has")
            }
            positions[TopicPartition(topic, row.partition)] = row.next
        }
        for (partition, next) in try connection.rows(
            "SELECT partition, next_offset FROM progress",
            row: { (Int($0.int64(0)), $0.int64(1)) })
        { progress[partition] = next }
    }

    /// All of the batch that is not in yet, in one transaction.
    ///
    /// - Parameter stamps: raised for what the batch itself does not name.
    func apply(_ batch: ProjectionBatch, _ stamps: WriteStamps) throws {
        try connection.transaction { try write(batch, stamps) }
        // In memory only what is committed.
        progress.merge(batch.progress) { max($0, $1) }
        positions.merge(batch.positions) { max($0, $1) }
    }

    /// The statements of ``apply(_:_:)``, within a transaction of the caller.
    func write(_ batch: ProjectionBatch, _ stamps: WriteStamps) throws(SQLiteError) {
        var ledger = UserLedger()
        for block in batch.blocks where isNew(block.position) { try insert(block) }
        for report in batch.reports where isNew(report.position) { try insert(report) }
        for change in batch.changes where isNew(change.position) {
            try connection.apply(change, noting: &ledger)
        }
        for (position, outcome) in batch.trips where isNew(position) {
            switch outcome {
            case .row(let row): try put(row, noting: &ledger, stamps)
            case .forgotten(let trip): try forget(trip.rawValue, noting: &ledger, stamps)
            }
        }
        try connection.settle(ledger)
        for (partition, next) in batch.progress where next > progress[partition] ?? 0 {
            try connection.run(
                "INSERT OR REPLACE INTO progress VALUES (?, ?)",
                .integer(Int64(partition)), .integer(next))
        }
        for (source, next) in batch.positions where next > positions[source] ?? 0 {
            try connection.run(
                "INSERT OR REPLACE INTO positions VALUES (?, ?, ?)",
                .text(source.topic.rawValue), .integer(Int64(source.partition)), .integer(next))
        }
    }

    /// Rows anew that no record of the log brought: how they are shown has changed.
    func show(_ rows: [TripRow], _ stamps: WriteStamps) throws {
        try connection.transaction {
            var ledger = UserLedger()
            for row in rows { try put(row, noting: &ledger, stamps) }
            try connection.settle(ledger)
        }
    }

    /// Moves the write-ahead log into the file where it has grown enough.
    func checkpointIfDue() throws(SQLiteError) {
        if connection.walFrames > limits.framesToWaitForReaders {
            try connection.checkpoint(.restart)
        } else if connection.walFrames > limits.framesToCheckpoint {
            try connection.checkpoint(.passive)
        }
    }

    private func isNew(_ position: Position) -> Bool {
        position.offset >= positions[position.topicPartition] ?? 0
    }

    private func insert(_ block: ProjectionBatch.Block) throws(SQLiteError) {
        let statement = try connection.statement(
            """
            INSERT INTO blocks (trip, upload, time, says_facts, value) SELECT ?1, ?2, ?3, ?4, ?5
            WHERE NOT EXISTS (SELECT 1 FROM trips WHERE id = ?1 AND status = 3)
            ON CONFLICT (trip, upload) DO NOTHING
            """)
        try statement.bind(1, block.trip.rawValue)
        try statement.bind(2, block.position.offset)
        try statement.bind(3, block.milliseconds)
        try statement.bind(4, Int64(block.saysFacts ? 1 : 0))
        try statement.bind(5, block.value)
        try statement.run()
    }

    private func insert(_ report: ProjectionBatch.Report) throws(SQLiteError) {
        let point = report.point
        try connection.run(
            """
            INSERT INTO reported_pois SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
            WHERE NOT EXISTS (SELECT 1 FROM trips WHERE id = ?1 AND status = 3)
            ON CONFLICT (trip, user, id) DO UPDATE SET kind = ?4, latitude = ?5, longitude = ?6,
                time = ?7, reported = ?8
            """, .text(report.trip.rawValue), .text(report.user.rawValue),
            .text(point.id.rawValue), .integer(Int64(point.kind)),
            .integer(Int64(point.latitudeE7)), .integer(Int64(point.longitudeE7)),
            .integer(point.timeMilliseconds), .integer(report.milliseconds))
    }

    private func put(
        _ row: TripRow, noting ledger: inout UserLedger, _ stamps: WriteStamps
    ) throws(SQLiteError) {
        ledger.replace(try connection.figures(of: row.trip.rawValue), by: TripFigures(row))
        // Most records leave the columns of most indexes as they are, and an update that does not
        // name them does not touch the indexes.
        let update = try connection.statement(Self.update)
        try bind(row, to: update)
        try update.run()
        if connection.changes == 0 {
            try raiseOwner(of: row.trip.rawValue, stamps)
            let upsert = try connection.statement(Self.upsert)
            try bind(row, to: upsert)
            try upsert.run()
        }
        if row.status == .deleted { try dropUploads(of: row.trip.rawValue) }
    }

    private func forget(
        _ trip: String, noting ledger: inout UserLedger, _ stamps: WriteStamps
    ) throws(SQLiteError) {
        try raiseOwner(of: trip, stamps)
        ledger.replace(try connection.figures(of: trip), by: nil)
        try connection.run("DELETE FROM trips WHERE id = ?", .text(trip))
        try dropUploads(of: trip)
    }

    /// Nothing that uploads have said of the trip is kept.
    private func dropUploads(of trip: String) throws(SQLiteError) {
        try connection.run("DELETE FROM blocks WHERE trip = ?", .text(trip))
        try connection.run("DELETE FROM reported_pois WHERE trip = ?", .text(trip))
    }

    /// Whoever has the trip by now may lose it.
    private func raiseOwner(of trip: String, _ stamps: WriteStamps) throws(SQLiteError) {
        let owners = try connection.rows("SELECT user FROM trips WHERE id = ?", .text(trip)) {
            $0.string(0)
        }
        stamps.raise(owners.map { .user($0) })
    }

    private static let update = """
        UPDATE trips SET partition = ?5, last_upload = ?6, last_upload_time = ?7, distance_m = ?8,
            duration_ms = ?9, score = ?10, hard_brakes = ?11, hard_accelerations = ?12,
            hard_corners = ?13, first_upload = ?14, max_speed = ?15, document_tag = ?16,
            events_tag = ?17, document = ?18, events = ?19, message = ?20
        WHERE id = ?1 AND user = ?2 AND status = ?3 AND sort_time = ?4
        """
    private static let upsert = """
        INSERT INTO trips VALUES
            (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
            ?20)
        ON CONFLICT (id) DO UPDATE SET user = ?2, status = ?3, sort_time = ?4, partition = ?5,
            last_upload = ?6, last_upload_time = ?7, distance_m = ?8, duration_ms = ?9,
            score = ?10, hard_brakes = ?11, hard_accelerations = ?12, hard_corners = ?13,
            first_upload = ?14, max_speed = ?15, document_tag = ?16, events_tag = ?17,
            document = ?18, events = ?19, message = ?20
        """

    private func bind(_ row: TripRow, to statement: Statement) throws(SQLiteError) {
        try statement.bind(1, row.trip.rawValue)
        try statement.bind(2, row.user)
        try statement.bind(3, row.status.rawValue)
        try statement.bind(4, row.sortMilliseconds)
        try statement.bind(5, Int64(row.partition))
        try statement.bind(6, row.lastUpload)
        try statement.bind(7, row.lastUploadMilliseconds)
        try statement.bind(8, row.distanceMeters)
        try statement.bind(9, row.durationMilliseconds)
        if let score = row.score { try statement.bind(10, score) }
        try statement.bind(11, row.hardBrakes)
        try statement.bind(12, row.hardAccelerations)
        try statement.bind(13, row.hardCorners)
        try statement.bind(14, row.firstUpload)
        try statement.bind(15, row.maxSpeedMetersPerHour)
        try statement.bind(16, Int64(bitPattern: ContentTag.of(row.document)))
        try statement.bind(17, Int64(bitPattern: ContentTag.of(row.events)))
        try statement.bind(18, row.document)
        try statement.bind(19, row.events)
        try statement.bind(20, row.message)
    }
}
