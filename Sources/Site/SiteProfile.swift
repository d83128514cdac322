internal import Access
internal import Hummingbird
internal import Projection
internal import Trips
internal import Web

extension Site {
    /// The profile of whoever asks.
    func profile(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        guard let caller = context.caller else { throw Missing.trip }
        let user = caller.user.rawValue
        let (rows, _) = try projection.page(
            TripFilter(user: user), after: nil, limit: RatingHistory.tripLimit)
        let view = ProfileView(
            user: user, try projection.totals(ofUser: user), RatingHistory(rows),
            Preferences(of: request), formToken: Viewer(context, control)?.formToken)
        return Page.response(
            Templates.render(.profile, frame("Profile", request, context), view), to: request)
    }
}
