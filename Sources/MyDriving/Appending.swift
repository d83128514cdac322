internal import EventLog
internal import Hummingbird
internal import Topics
internal import Trips
internal import Web

extension MyDriving {
    /// Appends uploads of one trip, all or none, and returns once they are durable.
    ///
    /// - Returns: the position of the last upload.
    /// - Throws: ``Problem``: 503 where the log cannot take them, 413 where they are too large.
    @discardableResult
    func append(
        _ uploads: [Upload], to trip: TripID, _ request: Request
    ) async throws(Problem) -> Position {
        precondition(!uploads.isEmpty, "there is something to append")
        let partition = Partitioner.partition(of: trip.rawValue.utf8, count: partitions)
        let trace = TraceParent(of: request)
        let records = uploads.map { upload in
            Topics.tripUploads.record(
                partition: partition, key: trip.rawValue, value: upload,
                headers: Self.headers(
                    type: upload.content.eventType, source: "/api/trips", trace))
        }
        return try await append(records)[uploads.count - 1]
    }

    /// Appends records, all or none, and returns once they are durable.
    ///
    /// - Returns: their positions.
    func append(_ records: [NewRecord]) async throws(Problem) -> [Position] {
        if records.isEmpty { return [] }
        do {
            let positions = try await log.append(records)
            precondition(positions.count == records.count, "each record has a position")
            return positions
        } catch {
            throw Self.problem(error, retryAfterSeconds: settings.retryAfterSeconds)
        }
    }

    /// A record as a CloudEvent.
    static func headers(type: String, source: String, _ trace: TraceParent?) -> [Header] {
        CloudEvent.headers(
            type: type, source: source, id: UUIDText.random(), trace: trace?.description)
    }

    static func problem(_ error: LogError, retryAfterSeconds: Int) -> Problem {
        switch error {
        case .recordTooLarge(let bytes, let limit):
            Problem(
                .contentTooLarge, "Body too large",
                detail: "What was sent takes \(bytes) bytes on the log, which takes \(limit).")
        case .queueFull:
            Problem(
                .serviceUnavailable, "Too many writes at a time",
                detail: "Too much waits to be written; send this again.",
                retryAfterSeconds: retryAfterSeconds)
        case .unavailable, .groupTaken, .fenced, .offsetOutOfRange, .unknownPartition,
            .partitionsDiffer, .unusable:
            Problem(
                .serviceUnavailable, "Log unavailable",
                detail: "The log cannot be written for now; send this again.",
                retryAfterSeconds: retryAfterSeconds)
        }
    }
}
