internal import EventLog
internal import Projection
internal import Topics
internal import Trips

/// What records of the log come to in a projection. Decides only.
struct BatchReading {
    /// The version whose records are read.
    let version: Version
    /// Silence after which a trip without an end is shown as complete, in milliseconds.
    let silenceMilliseconds: Int64
    private let scores: Topic<Tacho_V1_TripScore>
    private let progress: Topic<Tacho_V1_Progress>

    /// A record that no scorer of this version writes.
    struct Misfit: Equatable {
        var position: Position
        var reason: String
    }

    init(version: Version, silenceMilliseconds: Int64) {
        self.version = version
        self.silenceMilliseconds = silenceMilliseconds
        scores = Topics.tripScores(version)
        progress = Topics.progress(version)
    }

    /// The batch that the records make, of each trip the last word only.
    ///
    /// - Parameter now: the time, in epoch milliseconds.
    func batch(of records: [Record], now: Int64) -> (batch: ProjectionBatch, misfits: [Misfit]) {
        var batch = ProjectionBatch()
        var misfits: [Misfit] = []
        var last: [[UInt8]: Int] = [:]
        for (index, record) in records.enumerated() {
            let source = record.position.topicPartition
            batch.positions[source] = record.position.offset + 1
            if source.topic == scores.name {
                last[record.key] = index
                guard record.isProgress else { continue }
                if let value = record.value, let next = try? progress.decode(value).nextOffset {
                    batch.progress[source.partition] = next
                } else {
                    misfits.append(Misfit(position: record.position, reason: "no progress"))
                }
            } else if source.topic == Topics.users.name {
                do throws(Undecodable) {
                    batch.changes.append(try change(of: record))
                } catch {
                    misfits.append(Misfit(position: record.position, reason: error.description))
                }
            } else if let trip = TripID(String(decoding: record.key, as: UTF8.self)),
                let value = record.value
            {
                take(value, of: trip, record, into: &batch)
            }
        }
        for index in last.values.sorted() where !records[index].isProgress {
            let record = records[index]
            do {
                batch.trips.append((record.position, try outcome(of: record, now: now)))
            } catch {
                misfits.append(Misfit(position: record.position, reason: error.description))
            }
        }
        return (batch, misfits)
    }

    /// Takes an upload, which is read only where more than points is in it.
    private func take(
        _ value: [UInt8], of trip: TripID, _ record: Record, into batch: inout ProjectionBatch
    ) {
        var block = ProjectionBatch.Block(
            position: record.position, trip: trip, milliseconds: record.timestampMilliseconds,
            value: value)
        if !UploadMarks(of: value).isEmpty, let upload = try? Topics.tripUploads.decode(value) {
            block.saysFacts = upload.said?.trip != nil
            if case .report(let point) = upload.content, let user = upload.user {
                batch.reports.append(
                    .init(
                        position: record.position, trip: trip, user: user,
                        milliseconds: record.timestampMilliseconds, point: point))
            }
        }
        batch.blocks.append(block)
    }

    private func change(
        of record: Record
    ) throws(Undecodable) -> ProjectionBatch.ProfileChange {
        guard let profile = ProfileID(String(decoding: record.key, as: UTF8.self)) else {
            throw Undecodable("the key is no profile id: \(ProfileID.allowed)")
        }
        guard let value = record.value else { throw Undecodable("the record has no value") }
        return ProjectionBatch.ProfileChange(
            position: record.position, profile: profile,
            milliseconds: record.timestampMilliseconds, change: try Topics.users.decode(value))
    }

    /// A row as it is to be shown now; nil where its message cannot be read.
    func shown(_ row: TripRow, now: Int64) -> TripRow? {
        guard let message = try? scores.decode(row.message) else { return nil }
        var row = row
        row.status = status(message, lastUpload: row.lastUploadMilliseconds, now: now)
        row.document = TripDocument.trip(message, status: row.status, version: version)
        return row
    }

    private func outcome(
        of record: Record, now: Int64
    ) throws(Undecodable) -> ProjectionBatch.Outcome {
        guard let trip = TripID(String(decoding: record.key, as: UTF8.self)) else {
            throw Undecodable("the key is no trip id")
        }
        guard let value = record.value else { return .forgotten(trip) }
        let message = try scores.decode(value)
        guard message.trip == trip.rawValue else { throw Undecodable("key and trip differ") }
        guard let firstUpload = number(record, TachoHeader.firstUpload),
            let lastUpload = number(record, TachoHeader.lastUpload),
            let lastTime = number(record, TachoHeader.lastUploadTime)
        else { throw Undecodable("no header says where the trip's uploads lie") }
        let status = status(message, lastUpload: lastTime, now: now)
        var row = TripRow(
            trip: trip, user: message.user, status: status,
            sortMilliseconds: message.hasStartedAtMs ? message.startedAtMs : lastTime,
            partition: record.position.topicPartition.partition, lastUpload: lastUpload,
            lastUploadMilliseconds: lastTime)
        row.firstUpload = firstUpload
        row.message = value
        guard status != .deleted else { return .row(row) }
        row.distanceMeters = message.distanceM
        row.durationMilliseconds = message.durationMilliseconds
        row.maxSpeedMetersPerHour = Int64(message.maxSpeedMPerH)
        row.score = message.hasScore ? Int64(message.score) : nil
        row.hardBrakes = message.count(of: "hardBrake")
        row.hardAccelerations = message.count(of: "hardAcceleration")
        row.hardCorners = message.count(of: "hardCorner")
        row.document = TripDocument.trip(message, status: status, version: version)
        row.events = TripDocument.events(message)
        return .row(row)
    }

    private func status(
        _ message: Tacho_V1_TripScore, lastUpload: Int64, now: Int64
    ) -> TripRow.Status {
        switch message.status {
        case .deleted: .deleted
        case .complete: .complete
        case .driving, .unspecified, .UNRECOGNIZED:
            lastUpload <= now - silenceMilliseconds ? .complete : .driving
        }
    }

    private func number(_ record: Record, _ header: String) -> Int64? {
        record.header(header).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }
}
