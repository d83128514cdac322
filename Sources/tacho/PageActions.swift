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
            append: { trip, upload in try await append(trip, upload) },
            track: { format, points in TrackFile(format, points).map { ($0.bytes, $0.type) } },
            now: { systemMilliseconds() })
    }

    /// Puts an upload onto the log, as a gateway does.
    private func append(_ trip: TripID, _ upload: Upload) async throws -> Receipt {
        let record = Topics.tripUploads.record(
            partition: Partitioner.partition(of: trip.rawValue.utf8, count: partitions),
            key: trip.rawValue, value: upload,
            headers: UploadEvent.headers(upload.content, id: EventID.random(), trace: nil))
        do {
            let positions = try await log.append([record])
            return Receipt(
                position: "\(positions[0])", milliseconds: systemMilliseconds())
        } catch {
            throw NotTaken()
        }
    }
}
