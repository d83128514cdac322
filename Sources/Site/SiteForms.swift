internal import Access
internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Trips
internal import Web

extension Site {
    /// Does what a form of a page of ours asks for with the trip that its address names.
    func tripForm(
        _ request: Request, _ context: TachoRequestContext, _ control: AccessControl,
        _ act: (Shown, FormBody) async throws -> Response
    ) async throws -> Response {
        let shown: Shown
        do {
            shown = try trip(context)
        } catch let missing as Missing {
            return message(missing.title, missing.view, .notFound, request, context)
        }
        return try await form(request, context, control) { try await act(shown, $0) }
    }

    /// Does what a form of a page of ours asks for.
    func form(
        _ request: Request, _ context: TachoRequestContext, _ control: AccessControl,
        _ act: (FormBody) async throws -> Response
    ) async throws -> Response {
        let fields = try await FormBody(of: request)
        if let session = context.session {
            guard control.isFormToken(fields[AccessControl.formField] ?? "", of: session) else {
                throw Problem(
                    .forbidden, "Not of this session",
                    detail: "The form is not one of this session: load its page again.")
            }
        }
        do {
            return try await act(fields)
        } catch is NotTaken {
            return message("Not done", .notTaken, .serviceUnavailable, request, context)
        }
    }

    /// Sends a browser to another page.
    static func elsewhere(_ path: String, cookies: [String] = []) -> Response {
        var response = Response(
            status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
        for cookie in cookies {
            response.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
        return response
    }

    /// Keeps how somebody wants to see things.
    func settings(_ fields: FormBody) throws -> Response {
        guard let units = fields["units"].flatMap({ Units(rawValue: $0) }) else {
            throw Problem(
                .unprocessableContent, "Bad choice", detail: "units is `kmh` or `mph`.")
        }
        let zone = fields["zone"] ?? ""
        guard zone.isEmpty || ClockZone(zone) != nil else {
            throw Problem(
                .unprocessableContent, "Bad choice",
                detail: "zone is a name of the time zone database, as Europe/Berlin, or empty.")
        }
        return Self.elsewhere(
            "/profile",
            cookies: [
                Preferences.setCookie(Preferences.unitsCookie, units.rawValue),
                Preferences.setCookie(Preferences.zoneCookie, zone.isEmpty ? nil : zone),
            ])
    }

    /// The trip that the path names, where the caller may do something with it.
    ///
    /// - Throws: ``Missing``; a problem where the trip is somebody else's.
    private func trip(_ context: TachoRequestContext) throws -> Shown {
        var found: Shown?
        let response = try source(nil) { projection, isRebuilding in
            if !isRebuilding { found = try shown(context, projection, isWriting: true) }
            return Response(status: .ok)
        }
        guard response != nil, let found else { throw Missing.trip }
        return found
    }

    /// Asks whether a trip is really to be deleted.
    func askDeletion(
        _ request: Request, _ context: TachoRequestContext, _ projection: Projection
    ) throws -> Response {
        let shown = try shown(context, projection)
        let view = DeletionView(shown, Preferences(of: request))
        return Page.response(
            Templates.render(.delete, frame("Delete this trip?", request, context), view),
            to: request)
    }

    /// Deletes a trip, and gives a receipt.
    func delete(
        _ shown: Shown, _ request: Request, _ context: TachoRequestContext, _ actions: SiteActions
    ) async throws -> Response {
        // In its owner's name: nobody else's deletion counts.
        guard let owner = UserID(shown.row.user) else { throw Missing.trip }
        let receipt = try await actions.append(
            shown.row.trip, Upload(user: owner, content: .deletion))
        let view = DeletionView(shown, Preferences(of: request), receipt)
        return Page.response(
            Templates.render(.deleted, frame("Trip deleted", request, context), view), to: request)
    }

    /// Makes a link that shows a trip to whoever has it.
    func share(
        _ shown: Shown, _ request: Request, _ context: TachoRequestContext, _ fields: FormBody,
        _ control: AccessControl, _ actions: SiteActions
    ) throws -> Response {
        let days = fields["days"].flatMap { Int64($0) } ?? 0
        guard (1...ShareGrant.longest / 86_400).contains(days) else {
            throw Problem(
                .unprocessableContent, "Bad choice",
                detail: "days is a whole number of 1 to \(ShareGrant.longest / 86_400).")
        }
        guard let by = context.caller?.user else { throw Missing.trip }
        let until = actions.now() / 1_000 + days * 86_400
        let text = control.text(of: ShareGrant(trip: shown.row.trip, until: until, by: by))
        let host = request.head.authority ?? ""
        let view = ShareView(
            path: "/trips/\(shown.row.trip.rawValue)",
            link: "\(request.isEncrypted ? "https" : "http")://\(host)/shared/\(text)",
            until: Moment(until * 1_000, .full, in: Preferences(of: request).zone))
        var response = Page.response(
            Templates.render(.share, frame("A link to share", request, context), view),
            to: request)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// A link that was made.
struct ShareView {
    let path: String
    let link: String
    let until: Moment
}
