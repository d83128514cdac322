internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Topics
internal import Trips
internal import Web

extension Site {
    /// Answers with what a link shows, as long as it does.
    func shared(
        _ request: Request, _ context: TachoRequestContext, _ control: AccessControl,
        _ answer: (Shown, _ until: Int64) throws -> Response
    ) async throws -> Response {
        let grant: ShareGrant
        do {
            grant = try await control.grant(context.parameters.get("grant") ?? "")
        } catch {
            return message(
                Missing.share.title, Missing.share.view, .notFound, request, context)
        }
        var reader = context
        // The grant is the right to this one trip, in the version that is live.
        reader.reach = .none
        var response = try whole(request, reader) { projection in
            guard let row = try projection.row(of: grant.trip), row.status != .deleted,
                let message = projection.message(of: row),
                let points = try projection.track(of: grant.trip)
            else { throw Missing.share }
            let home = try UserID(row.user).flatMap { try projection.user($0) }?.profile.home
            let shown = Shown(
                row: row, message: HiddenHome.cut(message, home), version: projection.version,
                points: HiddenHome.cut(points, home))
            return try answer(shown, grant.until)
        }
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.robots] = "noindex"
        return response
    }

    /// The page of a trip for those who have its link: without names.
    func sharedTrip(
        _ request: Request, _ context: TachoRequestContext, _ shown: Shown, _ until: Int64
    ) throws -> Response {
        let preferences = Preferences(of: request)
        let path = "/shared/\(context.parameters.get("grant") ?? "")"
        let trip = TripView(
            shown.row, shown.message, shown.points, user: nil, data: path, live: nil,
            version: shown.version, preferences)
        let view = SharedView(
            trip: trip, until: Moment(until * 1_000, .full, in: preferences.zone), data: path)
        return Page.response(
            Templates.render(.shared, frame(trip.title, request, context), view),
            tiles: options.tiles, to: request)
    }

    /// The track for the script of that page.
    func sharedDrive(_ request: Request, _ shown: Shown) -> Response {
        let bytes = DriveData.compose(
            shown.points, shown.message, Preferences(of: request).units)
        return Page.content(
            bytes, ContentTag.of(bytes),
            [
                .contentType: "application/json", .cacheControl: "private, no-cache",
                .vary: "Cookie",
            ], to: request)
    }

    /// The track to take along.
    func sharedTrack(
        _ format: String, _ shown: Shown, _ actions: SiteActions
    ) throws -> Response {
        guard let file = actions.track(format, shown.points) else { throw Missing.share }
        return Response(
            status: .ok,
            headers: [
                .contentType: file.type, .cacheControl: "private, no-store",
                .contentDisposition: "attachment; filename=\"tacho-shared-trip.\(format)\"",
                .xContentTypeOptions: "nosniff",
            ], body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }
}

/// A trip as those see it who have its link.
struct SharedView {
    let trip: TripView
    let until: Moment
    let data: String
}

extension HTTPField.Name {
    /// `X-Robots-Tag`: a link is for those who were sent it.
    static let robots = HTTPField.Name("X-Robots-Tag")!
}
