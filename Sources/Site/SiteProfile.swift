internal import Access
internal import Hummingbird
internal import Projection
internal import Trips
internal import Web

extension Site {
    /// How long a change of a profile may take to be seen, before the page is shown all the same.
    private static let seenWait = Duration.seconds(2)

    /// Keeps or forgets the circle around home, which others do not see.
    func changeHome(
        _ request: Request, _ context: TachoRequestContext, _ fields: FormBody,
        _ actions: SiteActions
    ) async throws -> Response {
        guard let user = context.caller?.user else { throw Problem.noToken }
        var change = UserChange()
        change.user = user
        change.home = try HomeForm.home(fields)
        let profile = try profile(of: user)?.profile ?? Profile(of: user)
        _ = try await actions.change(profile.id, change)
        let deadline = ContinuousClock.now + Self.seenWait
        while try self.profile(of: user)?.profile.home != change.home?.circle,
            .now < deadline
        {
            try await Task.sleep(for: .milliseconds(20))
        }
        return Self.elsewhere("/profile")
    }

    /// What the live version knows of a user.
    private func profile(of user: UserID) throws -> UserSummary? {
        var found: UserSummary?
        _ = try source(nil) { projection, _ in
            found = try projection.user(user)
            return Response(status: .ok)
        }
        return found
    }

    /// The profile of whoever asks.
    func profile(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        guard let caller = context.caller else { throw Missing.trip }
        let user = caller.user.rawValue
        let view = ProfileView(
            user: user, try projection.user(caller.user),
            try projection.ratingHistory(ofUser: user, limit: ProfileView.tripLimit),
            ranked: try projection.rankedUsers(), Preferences(of: request),
            formToken: Viewer(context, control)?.formToken)
        return Page.response(
            Templates.render(.profile, frame("Profile", request, context), view), to: request)
    }
}
