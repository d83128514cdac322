internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Reader
internal import Topics
internal import Trips
internal import Web

/// What routes have alike: who asks for what, and how an answer goes out.
extension MyDriving {
    /// A part of the path, as text.
    func part(_ name: String, _ context: TachoRequestContext) -> String? {
        percentDecoded(context.parameters.get(name) ?? "")
    }

    /// The trip that the path names.
    func trip(_ context: TachoRequestContext) throws(Problem) -> TripID {
        guard let trip = part("trip", context).flatMap({ TripID($0) }) else {
            throw Self.noSuchTrip
        }
        return trip
    }

    static let noSuchTrip = Problem(
        .notFound, "No such trip", detail: "No trip of this id is known, or it was deleted.")

    /// Who asks, as the owner of what they make; `anonymous` where nobody says.
    func user(asking context: TachoRequestContext) -> UserID { context.caller?.user ?? .anonymous }

    /// Whose a trip is that is to be written to. One whose owner is known is not waited for.
    ///
    /// - Throws: 404 where there is no such trip, 403 where it is not the caller's.
    func owner(
        of trip: TripID, _ request: Request, _ context: TachoRequestContext
    ) async throws -> UserID {
        guard let owner = try await owner(ofKnown: trip, request, context) else {
            throw Self.noSuchTrip
        }
        return owner
    }

    /// The same; nil where nothing is known of the trip.
    ///
    /// - Throws: 404 where it was deleted, 403 where it is not the caller's.
    func owner(
        ofKnown trip: TripID, _ request: Request, _ context: TachoRequestContext
    ) async throws -> UserID? {
        var owner = try reader.glance { try $0.owner(of: trip) } ?? nil
        if owner == nil {
            owner = try await reader.current(.trip(trip), for: request) { try $0.owner(of: trip) }
        }
        guard let owner else { return nil }
        guard !owner.isDeleted, let user = UserID(owner.user) else { throw Self.noSuchTrip }
        try Self.require(user, context)
        return user
    }

    /// The user whose things alone a caller sees; nil for one who sees all.
    func own(_ context: TachoRequestContext) -> UserID? {
        context.reach == .all ? nil : user(asking: context)
    }

    /// Whether there is a trip that the caller may see: another's is as good as none.
    func shows(
        _ trip: TripID, to context: TachoRequestContext, in projection: Projection
    ) throws -> Bool {
        guard let owner = try projection.owner(of: trip), !owner.isDeleted else { return false }
        return context.reaches(ownedBy: owner.user)
    }

    /// Lets pass whoever may do with a user's things as the user may.
    ///
    /// - Throws: 403.
    static func require(_ owner: UserID, _ context: TachoRequestContext) throws(Problem) {
        if context.reaches(ownedBy: owner.rawValue) { return }
        throw Problem(
            .forbidden, "Not yours",
            detail: "A driver reads and writes only what is their own.")
    }

    /// Answers a read by what is current, in JSON that `compose` makes, with the version that it is
    /// from and a tag of its content.
    func answer(
        _ horizon: Reader.Horizon, _ request: Request,
        _ compose: (Projection) throws -> (JSONText, HTTPFields)
    ) async throws -> Response {
        try await reader.current(horizon, for: request) { projection in
            let (json, fields) = try compose(projection)
            let tag = EntityTag(ContentTag.of(json.bytes))
            var head: HTTPFields = [
                .eTag: tag.text, .cacheControl: "private, no-cache",
                .tachoVersion: String(projection.version.number),
            ]
            guard !tag.isKnown(to: request) else {
                return Response(status: .notModified, headers: head)
            }
            head.append(contentsOf: fields)
            return Response.answer(json, fields: head)
        }
    }

    /// Answers a read of one thing.
    func answer(
        _ horizon: Reader.Horizon, _ request: Request,
        _ compose: (Projection) throws -> JSONText
    ) async throws -> Response {
        try await answer(horizon, request) { (try compose($0), [:]) }
    }

    /// What clients of MyDriving's services get for a deletion: the text `{}`, as a JSON string.
    static var deleted: Response {
        var json = JSONText()
        json.string("{}")
        return .answer(json)
    }
}

extension JSONText {
    /// An array of what `write` writes of each.
    static func array<Element>(
        _ elements: [Element], _ write: (Element, inout JSONText) -> Void
    ) -> JSONText {
        var json = JSONText(capacity: 16 + elements.count * 512)
        json.beginArray()
        for element in elements { write(element, &json) }
        json.endArray()
        return json
    }
}
