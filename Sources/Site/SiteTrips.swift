internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Topics
internal import Trips
internal import Web

extension Site {
    /// The list of trips.
    func list(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        let query = request.uri.queryParameters
        var cursor: TripCursor?
        if let text = query["cursor"] {
            cursor = TripCursor(String(text))
            guard cursor != nil else { throw Missing.list }
        }
        let filter = try filter(request, context)
        let (rows, next) = try projection.page(filter, after: cursor, limit: Self.tripsOnPage)
        let trips = rows.compactMap { row in
            projection.message(of: row).map { (row: row, message: $0) }
        }
        let view = TripListView(
            trips, next: next, isFirst: cursor == nil, filter: filter,
            seesOthers: context.reach == .all,
            preferences: Preferences(of: request))
        return Page.response(
            Templates.render(.trips, frame("Trips", request, context), view), to: request)
    }

    private func filter(
        _ request: Request, _ context: TachoRequestContext
    ) throws -> TripFilter {
        let query = request.uri.queryParameters
        var filter = TripFilter()
        if let text = query["status"], !text.isEmpty {
            let shown: [TripRow.Status] = [.driving, .complete]
            filter.status = shown.first { $0.word == text }
            guard filter.status != nil else { throw Missing.list }
        }
        if let text = Address.field("user", of: request.uri.query), !text.isEmpty {
            guard let user = UserID(text) else { throw Missing.list }
            filter.user = user.rawValue
        }
        // Whoever sees their own trips alone asks for nobody else's.
        if let only = try context.onlyUser() { filter.user = only.rawValue }
        return filter
    }

    /// The trip that the path names.
    ///
    /// - Parameter isWriting: whether it is to be changed: then somebody else's is refused, where
    ///   looking tells nothing of what is there.
    func shown(
        _ context: TachoRequestContext, _ projection: Projection, isWriting: Bool = false
    ) throws -> Shown {
        guard let trip = TripID(context.parameters.get("trip") ?? ""),
            let row = try projection.row(of: trip), row.status != .deleted,
            let message = projection.message(of: row)
        else { throw Missing.trip }
        guard context.reaches(ownedBy: row.user) else {
            if isWriting { throw Problem.foreignTrip }
            throw Missing.trip
        }
        return Shown(row: row, message: message, version: projection.version)
    }

    /// A trip's page.
    func trip(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        let shown = try shown(context, projection)
        guard let points = try projection.track(of: shown.row.trip) else { throw Missing.trip }
        let path = "/trips/\(shown.row.trip.rawValue)"
        let view = TripView(
            shown.row, shown.message, points, user: shown.row.user, data: path,
            live: try pinned(request, context) == nil ? "/v1\(path)/live" : nil,
            version: projection.version, Preferences(of: request))
        return Page.response(
            Templates.render(.trip, frame(view.title, request, context), view),
            tiles: options.tiles,
            to: request)
    }

    /// A trip's track for the script of its page.
    func drive(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        let shown = try shown(context, projection)
        guard let tag = try projection.trackTag(of: shown.row.trip) else { throw Missing.trip }
        let units = Preferences(of: request).units
        let words =
            "\(projection.version) \(tag.lastUpload) \(tag.uploads) \(units) "
            + "\(shown.row.partition) \(ContentTag.of(shown.row.message))"
        let fields: HTTPFields = [
            .contentType: "application/json", .cacheControl: "private, no-cache",
            .vary: "Cookie",
        ]
        return try Page.content(
            DriveData.compose(
                try projection.track(of: shown.row.trip) ?? [], shown.message, units),
            ContentTag.of(Array(words.utf8)), fields, to: request)
    }

    /// A trip's way as a small picture, which stays what it is under its address.
    func thumbnail(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        let trip = try shown(context, projection).row.trip
        guard let tag = try projection.trackTag(of: trip) else { throw Missing.trip }
        let key = "\(trip) \(tag.lastUpload) \(tag.uploads)"
        let text = try thumbnails.text(key) {
            Thumbnail.compose(try projection.track(of: trip) ?? [])
        }
        let isPinned = request.uri.queryParameters["of"] != nil
        return Page.content(
            Array(text.utf8), ContentTag.of(Array(text.utf8)),
            [
                .contentType: "image/svg+xml",
                .cacheControl: isPinned ? "private, max-age=86400" : "private, no-cache",
                .contentSecurityPolicy: "default-src 'none'", .xContentTypeOptions: "nosniff",
            ], to: request)
    }
}
