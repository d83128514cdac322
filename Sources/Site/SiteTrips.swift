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
            preferences: Preferences(of: request), version: projection.version)
        return Page.response(
            Templates.render(.trips, frame("Trips", request, isOperator: context.isOperator), view),
            to: request)
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
        if let text = query["user"], !text.isEmpty {
            let words = text
            guard let user = UserID(String(words)) else { throw Missing.list }
            filter.user = user.rawValue
        }
        if let user = try context.onlyUser() {
            guard filter.user == nil || filter.user == user.rawValue else { throw Missing.list }
            filter.user = user.rawValue
        }
        return filter
    }

    /// A trip as a page may show it.
    struct Shown {
        var row: TripRow
        var message: Tacho_V1_TripScore
    }

    /// The trip that the path names.
    func shown(_ context: TachoRequestContext, _ projection: Projection) throws -> Shown {
        guard let trip = TripID(context.parameters.get("trip") ?? ""),
            let row = try projection.row(of: trip), row.status != .deleted,
            context.reaches(ownedBy: row.user), let message = projection.message(of: row)
        else { throw Missing.trip }
        return Shown(row: row, message: message)
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
            live: try pinned(request) == nil ? "/v1\(path)/live" : nil,
            version: projection.version, Preferences(of: request))
        return Page.response(
            Templates.render(
                .trip, frame(view.title, request, isOperator: context.isOperator), view),
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
        let points = try projection.track(of: shown.row.trip) ?? []
        return Page.content(
            DriveData.compose(points, shown.message, units),
            ContentTag.of(Array(words.utf8)), fields, to: request)
    }

    /// A trip's way as a small picture, which stays what it is under its address.
    func thumbnail(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        guard let trip = TripID(context.parameters.get("trip") ?? ""),
            let tag = try projection.trackTag(of: trip),
            let owner = try projection.owner(of: trip), context.reaches(ownedBy: owner.user)
        else { throw Missing.trip }
        let key = "\(trip) \(tag.lastUpload) \(tag.uploads)"
        let text = try thumbnails.text(key) {
            Thumbnail.compose(try projection.track(of: trip) ?? [])
        }
        let isPinned = request.uri.queryParameters["upload"] != nil
        return Page.content(
            Array(text.utf8), ContentTag.of(Array(text.utf8)),
            [
                .contentType: "image/svg+xml",
                .cacheControl: isPinned ? "private, max-age=86400" : "private, no-cache",
                .contentSecurityPolicy: "default-src 'none'", .xContentTypeOptions: "nosniff",
            ], to: request)
    }
}

extension TachoRequestContext {
    /// Whether an operator asks.
    var isOperator: Bool { caller?.role == .operator }
}
