internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Reader
internal import Topics
internal import Trips
internal import Web

extension MyDriving {
    /// `GET /api/trips/{trip}/trippoints`: by sequence; those without one last, by time.
    func listPoints(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        let paging = try Paging(
            request, default: settings.pointLimit, limit: settings.pointLimit)
        let ids = PointIDs(of: trip)
        let start = try paging.cursor { ids.key(of: $0) }
        return try await answer(.trip(trip), request) { projection in
            guard try self.shows(trip, to: context, in: projection),
                let known = try projection.annotatedPoints(of: trip)
            else { throw Self.noSuchTrip }
            var points = known.map { (key: PointKey(of: $0.point), point: $0) }
            points.sort { $0.key < $1.key }
            if let start { points.removeAll { $0.key <= start } }
            let isMore = points.count > paging.limit
            let page = points.prefix(paging.limit).map { PointView($0.point, of: trip, ids) }
            let json = JSONText.array(page) { $0.write(to: &$1) }
            return (json, paging.link(to: isMore ? page.last?.id : nil))
        }
    }

    /// `GET /api/trips/{trip}/trippoints/{point}`.
    func showPoint(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        return try await answer(.trip(trip), request) { projection in
            try self.point(of: trip, context, in: projection).json
        }
    }

    /// `POST /api/trips/{trip}/trippoints`: one point, or an array of them; all or none is taken.
    func addPoints(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        let owner = try await owner(of: trip, request, context)
        let tree = try await body(of: request)
        var forms: [PointForm]
        var isOne = false
        if case .array(let trees) = tree {
            guard (1...settings.pointLimit).contains(trees.count) else {
                throw Problem.unfit("", "An upload has 1 to \(settings.pointLimit) points.")
            }
            let latest = latest
            forms = []
            forms.reserveCapacity(trees.count)
            for (index, tree) in trees.enumerated() {
                forms.append(try PointForm(tree, at: "/\(index)", latest: latest))
            }
        } else {
            isOne = true
            forms = [try PointForm(tree, latest: latest)]
        }
        try await append([PointForm.upload(of: forms, by: owner)], to: trip, request)
        let time = now()
        let ids = PointIDs(of: trip)
        let views = forms.map { PointView($0, of: trip, ids, now: time) }
        if isOne { return .answer(views[0].json) }
        return .answer(JSONText.array(views) { $0.write(to: &$1) })
    }

    /// `PATCH /api/trips/{trip}/trippoints/{point}`: the fields that the body names, of one point.
    func changePoint(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        let owner = try await owner(of: trip, request, context)
        let tree = try await body(of: request)
        var view = try await reader.current(.trip(trip), for: request) { projection in
            try self.point(of: trip, context, in: projection)
        }
        let form = try PointForm(tree, changing: view.point, latest: latest)
        try await append([form.correction(by: owner)], to: trip, request)
        view.point = form.point
        view.facts.take(form.facts)
        view.warnings = form.warnings
        view.updatedMilliseconds = now()
        return .answer(view.json)
    }

    /// `DELETE /api/trips/{trip}/trippoints/{point}`.
    func deletePoint(_ request: Request, _ context: TachoRequestContext) async throws -> Response {
        let trip = try trip(context)
        let owner = try await owner(of: trip, request, context)
        let view = try await reader.current(.trip(trip), for: request) { projection in
            try self.point(of: trip, context, in: projection)
        }
        let removal = Upload(user: owner, content: .removal(PointKey(of: view.point)))
        try await append([removal], to: trip, request)
        return Self.deleted
    }

    /// The point that the path names.
    ///
    /// - Throws: 404 where the trip or the point is not there.
    private func point(
        of trip: TripID, _ context: TachoRequestContext, in projection: Projection
    ) throws -> PointView {
        let ids = PointIDs(of: trip)
        guard try shows(trip, to: context, in: projection),
            let key = part("point", context).flatMap({ ids.key(of: $0) }),
            let point = try projection.annotatedPoint(key, of: trip)
        else {
            throw Problem(
                .notFound, "No such point",
                detail: "The trip has no point of this id, or it was deleted.")
        }
        return PointView(point, of: trip, ids)
    }
}

extension PointView {
    /// The point as JSON.
    var json: JSONText {
        var json = JSONText(capacity: 768)
        write(to: &json)
        return json
    }
}
