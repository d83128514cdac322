internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Reader
internal import Topics
internal import Trips
internal import Web

extension MyDriving {
    /// `GET /api/poi`: those of the newest trip first, and of one trip by time; detected ones and
    /// those that clients have reported.
    func listPlaces(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let paging = try Paging(
            request, default: settings.listDefault, limit: settings.listLimit)
        let start = try paging.cursor { InterestCursor($0) }
        return try await answer(.trips, request) { projection in
            let (points, next) = try projection.interests(
                ofUser: own(context)?.rawValue, after: start, limit: paging.limit)
            let json = JSONText.array(points) { PlaceView($0).write(to: &$1) }
            return (json, paging.link(to: next?.description))
        }
    }

    /// `GET /api/poi/trip/{trip}`: by time; none for a trip that is not known.
    func listPlacesOfTrip(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        guard let trip = part("trip", context).flatMap({ TripID($0) }) else {
            return .answer(JSONText.array([PlaceView]()) { $0.write(to: &$1) })
        }
        return try await answer(.trip(trip), request) { projection in
            let isShown = try shows(trip, to: context, in: projection)
            let points = isShown ? try projection.interests(of: trip) ?? [] : []
            return JSONText.array(points) { PlaceView($0).write(to: &$1) }
        }
    }

    /// `GET /api/poi/{poi}`.
    func showPlace(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        guard let id = part("poi", context) else { throw Self.noSuchPlace }
        return try await answer(.trips, request) { projection in
            let point = try projection.interest(id, ofUser: own(context)?.rawValue)
            guard let point else { throw Self.noSuchPlace }
            return PlaceView(point).json
        }
    }

    /// `POST /api/poi`: reports one; a trip that nobody has heard of is made by it.
    func createPlace(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let form = try PlaceForm(try await body(of: request), now: now(), latest: latest)
        let owner =
            try await owner(ofKnown: form.trip, request, context) ?? user(asking: context)
        let made = keyed("poi", request, owner) ?? UUIDText.random()
        guard let id = ReportID(made) else { preconditionFailure("a UUID is a report's id") }
        let report = ReportedPoint(
            id: id, kind: form.kind, latitudeE7: form.latitudeE7, longitudeE7: form.longitudeE7,
            timeMilliseconds: form.timeMilliseconds)
        try await append([Upload(user: owner, content: .report(report))], to: form.trip, request)
        return .answer(PlaceView(report, of: form.trip).json)
    }

    private static let noSuchPlace = Problem(
        .notFound, "No such point of interest",
        detail: "No point of interest of this id is known, or its trip was deleted.")
}
