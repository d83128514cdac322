internal import HTTPTypes
public import Access

extension Problem {
    /// 401: nobody has said who asks.
    public static let noToken: Problem = {
        var problem = Problem(
            .unauthorized, "Not signed in",
            detail: "This needs a bearer token: `Authorization: Bearer …`. `tacho token` makes one."
        )
        problem.fields[.wwwAuthenticate] = "Bearer realm=\"tacho\""
        return problem
    }()

    /// 401: what was said of who asks is not right.
    public static func badToken(_ why: TokenProblem) -> Problem {
        badToken(why.reason)
    }

    /// 401: what was said of who asks is not right, for this reason.
    static func badToken(_ reason: String) -> Problem {
        var problem = Problem(
            .unauthorized, "Bad token",
            detail: reason.prefix(1).uppercased() + reason.dropFirst() + ".")
        problem.fields[.wwwAuthenticate] =
            "Bearer realm=\"tacho\", error=\"invalid_token\", error_description=\"\(reason)\""
        return problem
    }

    /// 403: it is known who asks, and they may not.
    public static func notAllowed(_ detail: String) -> Problem {
        var problem = Problem(.forbidden, "Not allowed", detail: detail)
        problem.fields[.wwwAuthenticate] =
            "Bearer realm=\"tacho\", error=\"insufficient_scope\""
        return problem
    }

    /// 403: a trip that is written to is another user's.
    public static let foreignTrip = Problem.notAllowed(
        "The trip belongs to another user: whoever writes first owns it.")
}
