internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Topics
internal import Web

extension Reader {
    /// Gives a request the version that it asks for, and lets it wait for what it wants to see.
    func admit(_ request: Request) async throws -> ServedVersions.Pass {
        let wanted = try request.headers[.tachoVersion].map { try version($0) }
        let position = try request.headers[.tachoReadAfter].map { try readAfter($0) }
        let deadline = ContinuousClock.now + settings.readAfterWait
        while true {
            guard let pass = versions.enter(wanted) else { throw notServed(wanted) }
            do {
                if try await isMet(position, by: pass.projector, wanted == nil, deadline) {
                    return pass
                }
            } catch {
                versions.leave(pass)
                throw error
            }
            versions.leave(pass)
        }
    }

    /// Whether the projector shows what is wanted; where not, another version is to be asked.
    private func isMet(
        _ position: Position?, by projector: Projector, _ follows: Bool,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Bool {
        if projector.health.isRebuilding {
            throw Self.rebuilding
        }
        guard let position else { return true }
        let source = position.topicPartition
        guard projector.visibility.mayHave(partition: source.partition) else {
            throw Problem(
                .unprocessableContent, "No such partition",
                detail: "\(source.topic) has no partition \(source.partition).")
        }
        let end = await projector.visibility.wait(
            partition: source.partition, offset: position.offset, atMost: deadline - .now,
            follows: follows)
        switch end {
        case .visible: return true
        case .moved: return false
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

    /// A trip that is not there yet must not look like one that never was.
    static let rebuilding = Problem(
        .serviceUnavailable, "Being rebuilt",
        detail: "The read model is being rebuilt from the log; try again.",
        retryAfterSeconds: 1)

    private func readAfter(_ text: String) throws -> Position {
        guard let position = Position(text) else {
            throw Problem(
                .badRequest, "Bad position",
                detail: "Tacho-Read-After is a position as Tacho-Position gives it, such as "
                    + "trip-uploads/3@17.")
        }
        guard position.topicPartition.topic == Topics.tripUploads.name else {
            throw Problem(
                .unprocessableContent, "Another topic",
                detail: "Tacho-Read-After waits for positions of \(Topics.tripUploads.name) only.")
        }
        return position
    }

    func version(_ text: String) throws -> Version {
        guard let version = Int(text).flatMap({ Version($0) }) else {
            throw Problem(
                .badRequest, "Bad version", detail: "Tacho-Version is a whole number from 1.")
        }
        return version
    }

    func notServed(_ wanted: Version?) -> Problem {
        let served = versions.versions.map(\.number)
        let names = served.map(String.init).joined(separator: ", ")
        var problem = Problem(
            .notFound, "Version not served",
            detail: "Version \(wanted?.number ?? 0) is not served here; served are \(names).")
        var list = JSONText()
        list.beginArray()
        for number in served { list.integer(Int64(number)) }
        list.endArray()
        problem.members.append(Problem.Member("served", list))
        return problem
    }
}
