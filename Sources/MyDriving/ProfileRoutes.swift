internal import Access
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Projection
internal import Reader
internal import Topics
internal import Trips
internal import Web

extension MyDriving {
    /// `GET /api/user`: by id.
    func listUsers(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let paging = try Paging(
            request, default: settings.listDefault, limit: settings.listLimit)
        let start = try paging.cursor { ProfileID($0) }
        return try await answer(.users, request) { projection in
            var users: [UserSummary]
            var next: ProfileID?
            if let own = own(context) {
                users = try projection.user(own).map { [$0] } ?? []
            } else {
                (users, next) = try projection.users(after: start, limit: paging.limit)
            }
            let json = JSONText.array(users) {
                ProfileView(summary: $0).write(to: &$1, .capital)
            }
            return (json, paging.link(to: next?.rawValue))
        }
    }

    /// `GET /api/user/{user}`: an array of one.
    func showUser(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let id = try profile(context)
        return try await answer(.users, request) { projection in
            let summary = try projection.user(of: id)
            guard let summary else { throw Self.noSuchUser }
            try Self.require(summary.profile.user, context)
            return JSONText.array([summary]) {
                ProfileView(summary: $0).write(to: &$1, .capital)
            }
        }
    }

    /// `POST /api/user`: under the id of the body, or one that follows from the user.
    func createUser(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let form = try ProfileForm(try await body(of: request))
        let user = form.user ?? form.id?.user ?? own(context)
        guard let user else {
            throw Problem.unfit("/userId", "userId is missing: \(UserID.allowed).")
        }
        return try await create(form.id ?? Self.profile(of: user), form, request, context)
    }

    /// `POST /api/user-java/{user}`, and `/api/user/{user}`: under the id of the path.
    func createUserByID(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        let form = try ProfileForm(try await body(of: request))
        return try await create(try profile(context, form), form, request, context)
    }

    private func create(
        _ id: ProfileID, _ form: ProfileForm, _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        let (known, others) = try await reader.current(.users, for: request) { projection in
            (try projection.user(of: id), try form.user.flatMap { try projection.user($0) })
        }
        let user = form.user ?? known?.profile.user ?? own(context) ?? id.user
        try Self.require(user, context)
        if let known { try Self.require(known.profile.user, context) }
        // Nobody takes an id that stands for another user.
        if id != Self.profile(of: user) { try Self.require(id.user, context) }
        try Self.refuse(others, for: id)
        var change = form.change
        change.user = user
        return try await put(change, id, request)
    }

    /// `PATCH /api/user-java/{user}`, and `/api/user/{user}`: what the body names.
    func changeUser(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let form = try ProfileForm(try await body(of: request))
        let id = try profile(context, form)
        let (known, others) = try await reader.current(.users, for: request) { projection in
            (try projection.user(of: id), try form.user.flatMap { try projection.user($0) })
        }
        guard let known else { throw Self.noSuchUser }
        try Self.require(known.profile.user, context)
        if let user = form.user { try Self.require(user, context) }
        try Self.refuse(others, for: id)
        guard form.change != UserChange() else { return Self.answer(known) }
        return try await put(form.change, id, request)
    }

    /// `DELETE /api/user/{user}`.
    func deleteUser(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let id = try profile(context)
        let known = try await reader.current(.users, for: request) { try $0.user(of: id) }
        guard let known else { throw Self.noSuchUser }
        try Self.require(known.profile.user, context)
        var change = UserChange()
        change.user = known.profile.user
        change.isDeleted = true
        _ = try await append([record(change, id, request)])
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: "User profile \(id) deleted")))
    }

    /// The record that gives a user a profile who has written none, so that MyDriving's clients,
    /// which want a UUID for an id, find the user; nil where there is one, or nobody said who it is.
    func newProfile(of user: UserID) throws -> NewRecord? {
        guard user != .anonymous,
            try reader.glance({ try $0.user(user)?.profile.isWritten }) != .some(true)
        else { return nil }
        var change = UserChange()
        change.user = user
        return record(change, Self.profile(of: user), nil)
    }

    /// The id of the profile that a user gets who has chosen none.
    private static func profile(of user: UserID) -> ProfileID {
        guard let id = ProfileID(DerivedID.uuid("profile", user.rawValue)) else {
            preconditionFailure("a UUID is a profile's id")
        }
        return id
    }

    /// Appends a change, and answers the profile as it is then.
    private func put(
        _ change: UserChange, _ id: ProfileID, _ request: Request
    ) async throws -> Response {
        let positions = try await append([record(change, id, request)])
        if await reader.waits(for: positions[0]),
            let found = try reader.glance({ try $0.user(of: id) })
        {
            guard let summary = found else { throw Self.noSuchUser }
            return Self.answer(summary)
        }
        throw Problem(
            .serviceUnavailable, "Not there yet",
            detail: "The change is taken, and not visible yet; ask for the user.",
            retryAfterSeconds: 1)
    }

    private func record(
        _ change: UserChange, _ id: ProfileID, _ request: Request?
    ) -> NewRecord {
        Topics.users.record(
            partition: 0, key: id.rawValue, value: change,
            headers: Self.headers(
                type: change.isDeleted ? "tacho.user.deletion" : "tacho.user.change",
                source: "/api/user", request.flatMap { TraceParent(of: $0) }))
    }

    private static func answer(_ summary: UserSummary) -> Response {
        var json = JSONText(capacity: 512)
        ProfileView(summary: summary).write(to: &json, .small)
        return .answer(json)
    }

    /// The profile that the path names; a form that says another one is refused.
    private func profile(
        _ context: TachoRequestContext, _ form: ProfileForm? = nil
    ) throws -> ProfileID {
        guard let id = part("user", context).flatMap({ ProfileID($0) }) else {
            throw Self.noSuchUser
        }
        if let said = form?.id, said != id {
            throw Problem.unfit("/id", "id must be \(id), as in the path, or be left out.")
        }
        return id
    }

    /// A user has one profile.
    private static func refuse(_ other: UserSummary?, for id: ProfileID) throws(Problem) {
        guard let other, other.profile.isWritten, other.profile.id != id else { return }
        throw Problem(
            .conflict, "User has a profile",
            detail: "The user \(other.profile.user) has the profile \(other.profile.id).",
            pointer: "/userId")
    }

    private static let noSuchUser = Problem(
        .notFound, "No such user", detail: "No user of this id is known, or it was deleted.")
}
