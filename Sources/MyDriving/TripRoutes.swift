internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Reader
internal import Topics
internal import Trips
internal import Web

extension MyDriving {
    /// `GET /api/trips`: newest first.
    func listTrips(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        try await listTrips(of: own(context), request)
    }

    /// `GET /api/trips/user/{user}`: newest first.
    func listTripsOfUser(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        guard let user = part("user", context).flatMap({ UserID($0) }) else {
            throw Problem.unfit(nil, "A user's id is \(UserID.allowed).")
        }
        try Self.require(user, context)
        return try await listTrips(of: user, request)
    }

    private func listTrips(of user: UserID?, _ request: Request) async throws -> Response {
        let paging = try Paging(
            request, default: settings.listDefault, limit: settings.listLimit)
        let cursor = try paging.cursor { TripCursor($0) }
        return try await answer(.trips, request) { projection in
            let (trips, next) = try projection.annotatedPage(
                TripFilter(user: user?.rawValue), after: cursor, limit: paging.limit)
            let json = JSONText.array(trips) {
                TripView($0, in: projection).write(to: &$1)
            }
            return (json, paging.link(to: next?.description))
        }
    }

    /// `GET /api/trips/{trip}`.
    func showTrip(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        return try await answer(.trip(trip), request) { projection in
            guard try self.shows(trip, to: context, in: projection),
                let view = try Self.view(of: trip, in: projection)
            else { throw Self.noSuchTrip }
            return view.json
        }
    }

    /// `POST /api/trips`: a trip by the id that the client has chosen, or by one that is made.
    ///
    /// The same trip created again is answered as it stands, and nothing changes.
    func createTrip(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let form = try TripForm(try await body(of: request), latest: latest)
        let user = form.user ?? user(asking: context)
        try Self.require(user, context)
        let chosen = form.id ?? keyed("trip", request, user).flatMap { TripID($0) }
        if let chosen {
            let known = try await reader.current(.trip(chosen), for: request) { projection in
                try (projection.owner(of: chosen), Self.view(of: chosen, in: projection))
            }
            if let owner = known.0 {
                guard owner.user == user.rawValue, let view = known.1 else {
                    throw Self.taken(chosen, owner)
                }
                return .answer(view.json)
            }
        }
        guard let trip = chosen ?? TripID(UUIDText.random()) else {
            preconditionFailure("a UUID is a trip's id")
        }
        // Each on its own: together they were a transaction, which costs a cluster more than a
        // profile does that is there without a trip.
        async let profile = append(try newProfile(of: user).map { [$0] } ?? [])
        let made = try await append(form.creation(by: user), to: trip, request)
        _ = try await profile
        if await reader.waits(for: made),
            let (owner, view) = try reader.glance({
                (try $0.owner(of: trip), try Self.view(of: trip, in: $0))
            })
        {
            // Of two who make a trip at once, the first one on the log has it.
            if let owner, owner.user != user.rawValue { throw Self.taken(trip, owner) }
            if let view { return .answer(view.json) }
        }
        return .answer(TripView(made: form, id: trip, user: user, now: now()).json)
    }

    /// The id that follows from `Idempotency-Key` and the user who sent it, where it was sent.
    func keyed(_ kind: String, _ request: Request, _ user: UserID) -> String? {
        request.headers[.idempotencyKey].map { DerivedID.uuid(kind, user.rawValue, $0) }
    }

    private static func taken(_ trip: TripID, _ owner: TripOwner) -> Problem {
        Problem(
            .conflict, "Trip exists",
            detail: owner.isDeleted
                ? "A trip of the id \(trip) was deleted, and stays so: choose another id."
                : "The trip \(trip) belongs to another user: choose another id.", pointer: "/Id")
    }

    /// `PATCH /api/trips/{trip}`: changes what the body names, and answers the trip as it is then.
    func changeTrip(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        let owner = try await owner(of: trip, request, context)
        let form = try TripForm(try await body(of: request), latest: latest)
        if let id = form.id, id != trip {
            throw Problem.unfit("/Id", "Id must be \(trip), as in the path, or be left out.")
        }
        if let user = form.user, user != owner {
            throw Problem.unfit(
                "/UserId", "UserId must be \(owner) or be left out: a trip keeps its owner.")
        }
        if let change = form.change(by: owner) {
            let changed = try await append([change], to: trip, request)
            if await reader.waits(for: changed) {
                if let found = try reader.glance({ try Self.view(of: trip, in: $0) }) {
                    guard let view = found else { throw Self.noSuchTrip }
                    return .answer(view.json)
                }
            }
        }
        return try await showTrip(request, context)
    }

    /// `DELETE /api/trips/{trip}`, with its points.
    func deleteTrip(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        let owner = try await owner(of: trip, request, context)
        try await append([Upload(user: owner, content: .deletion)], to: trip, request)
        return Self.deleted
    }

    /// A trip as it stands; nil where there is none.
    static func view(of trip: TripID, in projection: Projection) throws -> TripView? {
        try projection.annotated(trip).map { TripView($0, in: projection) }
    }
}

extension TripView {
    /// The trip as JSON.
    var json: JSONText {
        var json = JSONText(capacity: 512)
        write(to: &json)
        return json
    }
}
