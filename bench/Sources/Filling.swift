import EventLog
import Topics
import Trips

/// Uploads for workers to find: trips of half an hour at a point a second, all under way at once.
enum Filling {
    static let pointsPerUpload = 60
    static let uploadsPerTrip = 30

    /// Trips under way at once, as so many fit into memory.
    static let atOnce = 2_000

    /// Appends the uploads of trips, first of each one, then the second of each; of more trips than
    /// can be under way at once, one crowd after the other.
    ///
    /// - Parameter users: whose they are in turn; of nobody in particular where it is 0.
    static func fill(_ log: any EventLog, trips: Int, users: Int = 0) async throws {
        for first in stride(from: 0, to: trips, by: atOnce) {
            try await fill(log, trips: first..<min(first + atOnce, trips), users)
        }
    }

    private static func fill(
        _ log: any EventLog, trips: Range<Int>, _ users: Int
    ) async throws {
        let drives = trips.map { Drive.points(pointsPerUpload * uploadsPerTrip, seed: $0) }
        for upload in 0..<uploadsPerTrip {
            let start = upload * pointsPerUpload
            let records = trips.map { trip in
                let key = name(ofTrip: trip)
                return Topics.tripUploads.record(
                    partition: Partitioner.partition(
                        of: key.utf8, count: Topics.defaultPartitions),
                    key: key,
                    value: Upload(
                        user: user(ofTrip: trip, of: users),
                        content: .points(
                            Array(drives[trip - trips.lowerBound][start..<start + pointsPerUpload]))
                    ),
                    headers: headers(upload, of: trip))
            }
            for first in stride(from: 0, to: records.count, by: 1_000) {
                _ = try await log.append(
                    Array(records[first..<min(first + 1_000, records.count)]))
            }
        }
    }

    /// As the gateway writes them.
    private static func headers(_ upload: Int, of trip: Int) -> [Header] {
        let number = String(1_000_000 * trip + upload)
        let id = String("00000000-0000-4000-8000-000000000000".dropLast(number.count)) + number
        return [
            Header("ce_specversion", "1.0"), Header("ce_id", id), Header("ce_source", "/v1/trips"),
            Header("ce_type", "tacho.trip.points"),
            Header("content-type", "application/protobuf"),
        ]
    }

    static func name(ofTrip number: Int) -> String { "bench-\(number)" }

    private static func user(ofTrip number: Int, of users: Int) -> UserID {
        users > 0 ? UserID("driver-\(number % users)") ?? .anonymous : .anonymous
    }
}
