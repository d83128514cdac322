import EmbeddedLog
import EventLog
import Gateway
import Reader
import Site
import Topics
import Trips

/// What pages do beyond reading, on the log of this process.
struct PageActions {
    let log: any EventLog
    /// Partitions of `trip-uploads`.
    let partitions: Int
    let desk: OperationsDesk

    var actions: SiteActions {
        SiteActions(
            operations: { try await desk.report() },
            append: { trip, upload in try await append(record(of: upload, trip)) },
            change: { profile, change in
                try await append(
                    Topics.users.record(partition: 0, key: profile.rawValue, value: change))
            },
            track: { format, points in TrackFile(format, points).map { ($0.bytes, $0.type) } },
            now: { systemMilliseconds() })
    }

    /// An upload as a gateway writes it.
    private func record(of upload: Upload, _ trip: TripID) -> NewRecord {
        Topics.tripUploads.record(
            partition: Partitioner.partition(of: trip.rawValue.utf8, count: partitions),
            key: trip.rawValue, value: upload,
            headers: CloudEvent.headers(
                type: upload.content.eventType, source: "/v1/trips", id: UUIDText.random(),
                trace: nil))
    }

    private func append(_ record: NewRecord) async throws -> Receipt {
        do {
            let positions = try await log.append([record])
            return Receipt(
                position: "\(positions[0])", milliseconds: systemMilliseconds())
        } catch {
            throw NotTaken()
        }
    }
}
