internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Projection
internal import Topics
internal import Trips
internal import Web

/// What one version answers to a request.
struct VersionReader {
    let projector: Projector
    let settings: ReaderSettings
    var projection: Projection { projector.projection }

    /// The trip that the path names. One that the caller does not reach is as one that is not there,
    /// so that nobody learns of it.
    func trip(_ context: TachoRequestContext) throws -> TripID {
        guard let name = percentDecoded(context.parameters.get("trip") ?? ""),
            let trip = TripID(name)
        else { throw Self.noSuchTrip }
        if context.reach == .all { return trip }
        guard let owner = try projection.owner(of: trip), context.reaches(ownedBy: owner.user)
        else {
            throw Self.noSuchTrip
        }
        return trip
    }

    static let noSuchTrip = Problem(
        .notFound, "No such trip", detail: "No trip of this id is known, or it was deleted.")

    /// A trip's document of one kind.
    func document(
        _ kind: Projection.Kind, _ request: Request, _ context: TachoRequestContext
    ) throws -> Response {
        let found = try projection.document(kind, of: try trip(context)) {
            EntityTag($0).isKnown(to: request)
        }
        switch found {
        case .deleted, .nothing: throw Self.noSuchTrip
        case .known(let tag): return Response.unchanged(EntityTag(tag))
        case .document(let bytes, let tag):
            return Response(bytes: bytes, type: "application/json", tag: EntityTag(tag))
        }
    }

    /// A trip's track.
    ///
    /// - Parameter isFile: whether a browser is to keep it rather than to show it.
    func track(
        _ format: TrackFormat, _ request: Request, _ context: TachoRequestContext,
        isFile: Bool = false
    ) throws -> Response {
        let trip = try trip(context)
        guard let content = try projection.trackTag(of: trip),
            let row = try projection.row(of: trip)
        else { throw Self.noSuchTrip }
        let name = projection.message(of: row).flatMap { $0.hasName ? $0.name : nil }
        let nameTag = String(ContentTag.of(Array((name ?? "").utf8)), radix: 16)
        let tag = EntityTag(
            words: "\(format.rawValue).\(content.lastUpload).\(content.uploads).\(nameTag)")
        if tag.isKnown(to: request) { return Response.unchanged(tag) }
        guard let points = try projection.track(of: trip) else { throw Self.noSuchTrip }
        let text = TrackText(trip: trip, name: name, points: points)
        var response = Response(bytes: text.bytes(format), type: format.contentType, tag: tag)
        if isFile {
            let name = trip.rawValue.replacing(":", with: "-")
            response.headers[.contentDisposition] =
                "attachment; filename=\"tacho-\(name).\(format.rawValue)\""
        }
        return response
    }

    /// What a user's trips come to.
    func user(_ request: Request, _ context: TachoRequestContext) throws -> Response {
        guard let name = percentDecoded(context.parameters.get("user") ?? "") else {
            throw Problem(.notFound, "No such user", detail: "No trip of this user is known.")
        }
        guard context.reaches(ownedBy: name) else {
            throw Problem.notAllowed("A driver may read of themselves only.")
        }
        guard let user = UserID(name), let totals = try projection.totals(ofUser: user.rawValue)
        else {
            throw Problem(.notFound, "No such user", detail: "No trip of this user is known.")
        }
        return answer(
            UserDocument.compose(user: user, totals, version: projection.version), to: request)
    }

    /// An answer in JSON whose tag comes from its bytes.
    func answer(_ json: JSONText, to request: Request, fields: HTTPFields = [:]) -> Response {
        let tag = EntityTag(ContentTag.of(json.bytes))
        if tag.isKnown(to: request) { return Response.unchanged(tag) }
        var response = Response(bytes: json.bytes, type: "application/json", tag: tag)
        for field in fields { response.headers.append(field) }
        return response
    }
}

extension Response {
    /// What the asker has is as it was.
    static func unchanged(_ tag: EntityTag) -> Response {
        Response(
            status: .notModified, headers: [.eTag: tag.text, .cacheControl: "private, no-cache"])
    }

    /// Content that may be kept and asked for again with its tag.
    init(bytes: [UInt8], type: String, tag: EntityTag) {
        self.init(
            status: .ok,
            headers: [
                .contentType: type, .eTag: tag.text, .cacheControl: "private, no-cache",
                .vary: "Accept, Tacho-Version",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
