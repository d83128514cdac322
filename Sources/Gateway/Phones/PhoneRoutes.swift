internal import Access
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Metrics
internal import NIOCore
internal import Topics
internal import Trips
internal import Web

/// The routes for apps that phones have already: OwnTracks, OsmAnd and Traccar Client.
///
/// Their positions go to `device-points` as they come; a cutter makes trips of them. An app sends
/// again what is not answered by 2xx, and nothing after it: so only what may succeed later is
/// refused, and what never can be used is counted and answered as if it were good.
struct PhoneRoutes: Sendable {
    let log: any EventLog
    /// Partitions of `device-points`.
    let partitions: Int
    let bodies: BodyReader
    let limits: GatewayLimits
    let now: @Sendable () -> Int64
    let newID: @Sendable () -> String
    let meter: GatewayMeter
    let health: LogHealth

    /// Positions that OwnTracks sends; answered by `[]`, as there is nothing that the app must do.
    @Sendable func takeOwnTracks(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        let latest = latest
        var report = try await bodies.withBody(of: request) { body in
            PhoneReport.ownTracks(body, depth: limits.depth, latest: latest)
        }
        let query = FormFields(request.uri.query ?? "")
        report.user =
            request.field("X-Limit-U") ?? query.text("u") ?? request.basicUser ?? report.user
        report.device = request.field("X-Limit-D") ?? query.text("d") ?? report.device
        try await take(report, .owntracks, request, context)
        var json = JSONText()
        json.beginArray()
        json.endArray()
        return Response(json: json)
    }

    /// A position that OsmAnd or Traccar Client sends: in the query, in a form, or as JSON.
    @Sendable func takeOsmAnd(
        _ request: Request, _ context: TachoRequestContext
    ) async throws -> Response {
        let latest = latest
        let now = now()
        let query = FormFields(request.uri.query ?? "")
        var report = try await bodies.withBody(of: request) { body in
            let first = body.readableBytesView.first { $0 > 0x20 }
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                return PhoneReport.locations(body, depth: limits.depth, latest: latest)
            }
            var fields = FormFields(String(buffer: body))
            fields.complete(from: query)
            return PhoneReport.osmAnd(fields, now: now, latest: latest)
        }
        report.device = report.device ?? query.text("id", "deviceid")
        report.user = report.user ?? query.text("user")
        try await take(report, .osmand, request, context)
        return Response(status: .ok)
    }

    /// The latest time that a point may have.
    private var latest: Int64 {
        min(now() + PointLimits.aheadMilliseconds, PointLimits.latestMilliseconds)
    }

    /// Appends a report's positions, and returns once they are durable.
    private func take(
        _ report: PhoneReport, _ client: PhoneReport.Client, _ request: Request,
        _ context: TachoRequestContext
    ) async throws(Problem) {
        for (reason, count) in report.dropped {
            meter.drop(client: client.rawValue, reason: reason, count: count)
            context.logger.info(
                "what a phone sent cannot be used",
                metadata: ["client": "\(client.rawValue)", "reason": "\(reason)"])
        }
        guard !report.points.isEmpty else { return }
        // A driver's are the driver's own, whatever the app says.
        let user = try context.onlyUser() ?? report.user.flatMap(UserID.init) ?? .anonymous
        let phone = UserDevice(
            user: user, device: report.device.map(DeviceID.init(anyText:)) ?? .unnamed)
        let partition = Partitioner.partition(of: phone.key.utf8, count: partitions)
        let trace = TraceParent(of: request)
        var records: [NewRecord] = []
        var rest = report.points.sorted { $0.timeMilliseconds < $1.timeMilliseconds }[...]
        while !rest.isEmpty {
            let points = Array(rest.prefix(limits.points))
            rest = rest.dropFirst(points.count)
            records.append(
                Topics.devicePoints.record(
                    partition: partition, key: phone.key,
                    value: Upload(user: user, content: .points(points)),
                    headers: CloudEvent.headers(
                        type: "tacho.device.points", source: "/\(client.rawValue)", id: newID(),
                        trace: trace?.description)))
        }
        let start = ContinuousClock.now
        defer { meter.append.record(duration: .now - start) }
        do {
            _ = try await log.append(records)
            health.note(nil, context.logger)
        } catch {
            health.note(error, context.logger)
            throw Problem(error, retryAfterSeconds: limits.retryAfterSeconds)
        }
        meter.take(client: client.rawValue, count: report.points.count)
    }
}

extension Request {
    /// A field that is there and says something.
    fileprivate func field(_ name: String) -> String? {
        guard let name = HTTPField.Name(name), let value = headers[name], !value.isEmpty else {
            return nil
        }
        return value
    }

    /// The user's name of HTTP's basic authentication, which proves nothing by itself.
    fileprivate var basicUser: String? {
        guard let field = headers[.authorization] else { return nil }
        let words = field.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic",
            let bytes = Base64.decoded(words[1]),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        let user = text.prefix { $0 != ":" }
        return user.isEmpty ? nil : String(user)
    }
}
