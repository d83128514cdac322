public import Hummingbird
internal import HTTPTypes
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Turns whatever a route throws into a ``Problem``.
///
/// What nobody foresaw is logged here, once, and answered by 500 without inner details.
public struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    /// The middleware; it has no settings.
    public init() {}

    /// Answers, with a problem where the rest throws.
    public func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // The server itself answers what is no HTTP, and closes the connection.
            throw error
        } catch {
            return problem(for: error, request, context)
                .response(from: request, context: context)
        }
    }

    private func problem(for error: any Error, _ request: Request, _ context: Context) -> Problem {
        if let problem = error as? Problem { return problem }
        if let error = error as? any HTTPResponseError, error.status.code < 500 {
            if error.status == .notFound {
                return Problem(
                    .notFound, "Not found", detail: "There is nothing at \(request.uri.path).")
            }
            return Problem(
                error.status, error.status.reasonPhrase, detail: "The request is not acceptable.")
        }
        if error is CancellationError {
            return Problem(
                .serviceUnavailable, "Stopping", detail: "The server is stopping; try again.",
                retryAfterSeconds: 1)
        }
        context.logger.error(
            "A route failed.",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(error)",
            ])
        return Problem(
            .internalServerError, "Internal error",
            detail: "The server failed; the failure is in its log.")
    }
}
