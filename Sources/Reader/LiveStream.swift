internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Projection
internal import Topics
internal import Trips
internal import Web

extension VersionReader {
    /// Server-sent events: a trip whenever it changes, with the position of its last upload as id.
    ///
    /// A trip's stream begins with the trip as it is, unless `Last-Event-ID` says that it is known.
    /// The stream of all trips begins, where `Last-Event-ID` is given, with those that have changed
    /// since: some of them known, none left out.
    ///
    /// It ends with what the caller has shown: a token that expires, or whose key goes.
    ///
    /// A stream that names no version goes on when another one becomes live: it says which, and tells
    /// of changes as that one sees them.
    func live(
        _ trip: TripID?, _ request: Request, _ context: TachoRequestContext,
        _ versions: ServedVersions
    ) async throws -> Response {
        let lastSeen = try lastSeen(request)
        let user = try context.onlyUser()?.rawValue
        if let trip {
            guard let row = try projection.row(of: trip), row.status != .deleted else {
                throw Self.noSuchTrip
            }
        }
        let named = request.headers[.tachoVersion] == nil ? nil : projection.version
        guard let (version, news) = versions.feed.listen(to: trip, for: user, of: named)
        else {
            throw Problem(
                .serviceUnavailable, "Too many listen",
                detail: "At most \(LiveFeed.listenerLimit) live streams are served at a time.",
                retryAfterSeconds: 10)
        }
        // Listening began before this is read: a change in between comes twice rather than never.
        // Another version may have become live before it began.
        guard let pass = versions.enter(version) else { throw Self.noSuchTrip }
        let missed = try await VersionReader(projector: pass.projector, settings: settings)
            .missed(of: trip, since: lastSeen)
            .filter { user == nil || $0.user == user }
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            for change in missed { try await writer.write(Self.event(change)) }
            for await item in news {
                // Whoever comes back is answered 401 then.
                guard await context.isStillGood() else { break }
                try await writer.write(Self.event(item))
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store",
                .tachoVersion: String(version.number),
            ], body: body)
    }

    private static func event(_ news: LiveFeed.News) -> ByteBuffer {
        switch news {
        case .change(let change): event(change)
        case .beat: ByteBuffer(string: ":\n\n")
        case .version(let version):
            ByteBuffer(string: "event: version\ndata: {\"version\":\(version.number)}\n\n")
        }
    }

    private static func event(_ change: LiveFeed.Change) -> ByteBuffer {
        let position = Position(
            TopicPartition(Topics.tripUploads.name, change.partition), offset: change.lastUpload)
        var buffer = ByteBuffer(string: "id: \(position)\n")
        if let document = change.document {
            buffer.writeString("event: trip\ndata: ")
            buffer.writeBytes(document)
        } else {
            var json = JSONText()
            json.beginObject()
            json.member("id", string: change.trip.rawValue)
            json.member("status", string: TripRow.Status.deleted.word)
            json.endObject()
            buffer.writeString("event: deleted\ndata: ")
            buffer.writeBytes(json.bytes)
        }
        buffer.writeString("\n\n")
        return buffer
    }

    private func lastSeen(_ request: Request) throws -> Position? {
        guard let text = request.headers[.lastEventID], !text.isEmpty else { return nil }
        guard let position = Position(text),
            position.topicPartition.topic == Topics.tripUploads.name
        else {
            throw Problem(
                .badRequest, "Bad position",
                detail: "Last-Event-ID is a position such as trip-uploads/3@17.")
        }
        return position
    }

    private func missed(
        of trip: TripID?, since lastSeen: Position?
    ) async throws -> [LiveFeed.Change] {
        if let trip {
            guard let row = try projection.row(of: trip) else { return [] }
            let isKnown =
                lastSeen.map {
                    $0.topicPartition.partition == row.partition && $0.offset >= row.lastUpload
                } ?? false
            return isKnown ? [] : [LiveFeed.Change(row)]
        }
        guard let lastSeen else { return [] }
        let since = try await time(of: lastSeen) - settings.resumeOverlapMilliseconds
        let rows = try projection.heard(since: since, limit: settings.resumeLimit)
        return rows.map { LiveFeed.Change($0) }
    }

    /// When the log took an upload, in epoch milliseconds; 0 for one that it no longer has.
    private func time(of position: Position) async throws -> Int64 {
        do {
            let records = try await projector.log.read(
                from: [position.topicPartition: position.offset], limit: ReadLimit(records: 1),
                wait: .zero)
            return records.first?.timestampMilliseconds ?? 0
        } catch {
            switch error {
            case .offsetOutOfRange, .unknownPartition: return 0
            default: throw error
            }
        }
    }
}
