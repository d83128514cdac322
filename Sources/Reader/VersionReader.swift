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
        let trip = try named(context)
        if context.reach == .all { return trip }
        guard let owner = try projection.owner(of: trip), context.reaches(ownedBy: owner.user)
        else {
            throw Self.noSuchTrip
        }
        return trip
    }

    private func named(_ context: TachoRequestContext) throws -> TripID {
        guard let name = percentDecoded(context.parameters.get("trip") ?? ""),
            let trip = TripID(name)
        else { throw Self.noSuchTrip }
        return trip
    }

    static let noSuchTrip = Problem(
        .notFound, "No such trip", detail: "No trip of this id is known, or it was deleted.")

    /// A trip's document of one kind.
    func document(
        _ kind: Projection.Kind, _ request: Request, _ context: TachoRequestContext
    ) throws -> Response {
        let trip = try named(context)
        let key = AnswerMemory.Key.document(kind, trip)
        if let kept = projector.answers.answer(key), let owner = kept.owner {
            guard context.reaches(ownedBy: owner) else { throw Self.noSuchTrip }
            if let response = kept.response(to: request) { return response }
        }
        let stamp = projector.answers.stamp(of: .trip(trip))
        let found = try projection.document(kind, of: trip) {
            EntityTag($0).isKnown(to: request)
        }
        var answer: AnswerMemory.Answer
        switch found {
        case .deleted, .nothing: throw Self.noSuchTrip
        case .known(let tag, let owner):
            answer = AnswerMemory.Answer(EntityTag(tag))
            answer.owner = owner
        case .document(let bytes, let tag, let owner):
            answer = self.answer(bytes, tag: EntityTag(tag))
            answer.owner = owner
        }
        projector.answers.keep(answer, for: key, stamp)
        guard let owner = answer.owner, context.reaches(ownedBy: owner) else {
            throw Self.noSuchTrip
        }
        return answer.response(to: request) ?? .unchanged(answer.tag)
    }

    /// A trip's track.
    ///
    /// - Parameter isFile: whether a browser is to keep it rather than to show it.
    func track(
        _ format: TrackFormat, _ request: Request, _ context: TachoRequestContext,
        isFile: Bool = false
    ) throws -> Response {
        let trip = try trip(context)
        var response = try track(format, of: trip, request)
        if isFile, response.status == .ok {
            let name = trip.rawValue.replacing(":", with: "-")
            response.headers[.contentDisposition] =
                "attachment; filename=\"tacho-\(name).\(format.rawValue)\""
        }
        return response
    }

    private func track(
        _ format: TrackFormat, of trip: TripID, _ request: Request
    ) throws -> Response {
        let key = AnswerMemory.Key.track(trip, format)
        let kept = projector.answers.answer(key)
        let stamp = projector.answers.stamp(of: .trip(trip))
        guard let content = try projection.trackTag(of: trip) else { throw Self.noSuchTrip }
        if let kept, kept.content == content, let response = kept.response(to: request) {
            return response
        }
        guard let message = try projection.message(of: trip) else { throw Self.noSuchTrip }
        let name = message.hasName ? message.name : nil
        let nameTag = String(ContentTag.of(Array((name ?? "").utf8)), radix: 16)
        let tag = EntityTag(
            words: "\(format.rawValue).\(content.lastUpload).\(content.uploads).\(nameTag)")
        var answer = AnswerMemory.Answer(tag)
        if !tag.isKnown(to: request) {
            guard let points = try projection.track(of: trip) else { throw Self.noSuchTrip }
            let text = TrackText(trip: trip, name: name, points: points)
            answer = self.answer(text.bytes(format), type: format.contentType, tag: tag)
        }
        answer.content = content
        projector.answers.keep(answer, for: key, stamp)
        return answer.response(to: request) ?? .unchanged(tag)
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
    func answer(_ json: JSONText, to request: Request) -> Response {
        let tag = EntityTag(ContentTag.of(json.bytes))
        return answer(json.bytes, tag: tag).response(to: request) ?? .unchanged(tag)
    }

    /// An answer with these bytes.
    func answer(
        _ bytes: [UInt8], type: String = "application/json", tag: EntityTag
    ) -> AnswerMemory.Answer {
        AnswerMemory.Answer(tag, version: projection.version, bytes, type: type)
    }
}
