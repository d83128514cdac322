internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Topics
internal import Web

extension Reader {
    /// Lets a request wait for what it wants to see, and turns away one that wants another version.
    func settle(_ request: Request) async throws {
        if let wanted = request.headers[.tachoVersion] { try check(version: wanted) }
        if projector.health.isRebuilding {
            // A trip that is not there yet must not look like one that never was.
            throw Problem(
                .serviceUnavailable, "Being rebuilt",
                detail: "The read model is being rebuilt from the log; try again.",
                retryAfterSeconds: 1)
        }
        guard let text = request.headers[.tachoReadAfter] else { return }
        guard let position = Position(text) else {
            throw Problem(
                .badRequest, "Bad position",
                detail: "Tacho-Read-After is a position as Tacho-Position gives it, such as "
                    + "trip-uploads/3@17.")
        }
        let source = position.topicPartition
        guard source.topic == Topics.tripUploads.name else {
            throw Problem(
                .unprocessableContent, "Another topic",
                detail: "Tacho-Read-After waits for positions of \(Topics.tripUploads.name) only.")
        }
        guard projector.visibility.mayHave(partition: source.partition) else {
            throw Problem(
                .unprocessableContent, "No such partition",
                detail: "\(source.topic) has no partition \(source.partition).")
        }
        let end = await projector.visibility.wait(
            partition: source.partition, offset: position.offset, atMost: settings.readAfterWait)
        switch end {
        case .visible: return
        case .late:
            throw Problem(
                .serviceUnavailable, "Not there yet",
                detail: "\(position) is not visible yet; ask again.", retryAfterSeconds: 1)
        case .tooMany:
            throw Problem(
                .serviceUnavailable, "Too many wait",
                detail: "Too many requests wait for uploads to be visible.", retryAfterSeconds: 1)
        }
    }

    private func check(version wanted: String) throws {
        guard let number = Int(wanted), Version(number) != nil else {
            throw Problem(
                .badRequest, "Bad version", detail: "Tacho-Version is a whole number from 1.")
        }
        guard number != projection.version.number else { return }
        var problem = Problem(
            .notFound, "Version not served",
            detail: "Version \(number) is not served here; \(projection.version.number) is.")
        var served = JSONText()
        served.beginArray()
        served.integer(Int64(projection.version.number))
        served.endArray()
        problem.members.append(Problem.Member("served", served))
        throw problem
    }
}
