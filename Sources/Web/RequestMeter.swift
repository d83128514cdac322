internal import HTTPTypes
internal import Logging
public import Hummingbird
internal import Metrics
internal import Synchronization

/// Measures requests, and puts their trace into the log's metadata.
///
/// Records `tacho_http_request_duration_seconds{service,route}`, from the request's head to the
/// answer's head. Added before ``ProblemMiddleware``, so that problems count as answers.
public final class RequestMeter<Context: RequestContext>: RouterMiddleware {
    private let service: @Sendable (String) -> String
    private let timers = Mutex<[String: Timer]>([:])

    /// Measures; `service` says to which service a route (`/v1/trips/{trip}`) belongs.
    public init(service: @escaping @Sendable (String) -> String) { self.service = service }

    /// Answers, and records how long it took.
    public func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let trace = TraceParent(of: request) {
            context.logger[metadataKey: "trace"] = .string(trace.traceID)
        }
        let start = ContinuousClock.now
        defer { timer(for: context.endpointPath ?? "none").record(duration: .now - start) }
        return try await next(request, context)
    }

    /// Routes are few: they come from the router, never from what a caller writes.
    private func timer(for route: String) -> Timer {
        timers.withLock { timers in
            if let timer = timers[route] { return timer }
            let timer = Timer(
                label: "tacho_http_request_duration_seconds",
                dimensions: [("service", service(route)), ("route", route)])
            timers[route] = timer
            return timer
        }
    }
}
