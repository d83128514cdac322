public import Access
internal import HTTPTypes
public import Hummingbird
internal import Trips
public import Web

/// Puts a caller into every request, where a test is about what comes after. A request that names a
/// `Test-Driver` is that driver's.
public struct GivenCaller: RouterMiddleware {
    private let caller: Caller

    /// Everybody is `user`, of this role.
    public init(_ user: String = "tests", _ role: Role = .service) {
        guard let user = UserID(user) else { preconditionFailure("\(user) is no user") }
        caller = Caller(user: user, role: role)
    }

    /// Answers, for the caller.
    public func handle(
        _ request: Request, context: TachoRequestContext,
        next: (Request, TachoRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let driver = HTTPField.Name("Test-Driver").flatMap { request.headers[$0] }
        let caller = driver.flatMap { UserID($0) }.map { Caller(user: $0, role: .driver) } ?? caller
        context.caller = caller
        context.reach = caller.role == .driver ? .own : .all
        return try await next(request, context)
    }
}
