internal import HTTPTypes
internal import Hummingbird
internal import Web

/// Which part of a list a request wants: `limit` and `cursor`.
struct Paging {
    let limit: Int
    let cursor: String?
    private let path: String

    /// - Throws: 422 for a limit that is none.
    init(_ request: Request, default usual: Int, limit most: Int) throws(Problem) {
        let query = request.uri.queryParameters
        path = request.uri.path
        cursor = query["cursor"].map(String.init)
        guard let text = query["limit"] else {
            limit = usual
            return
        }
        guard let limit = Int(text), (1...most).contains(limit) else {
            throw Self.badParameter("limit", "is a whole number from 1 to \(most)")
        }
        self.limit = limit
    }

    /// The cursor as `read` reads it.
    ///
    /// - Throws: 422 for one that `read` has nothing for.
    func cursor<Cursor>(_ read: (String) -> Cursor?) throws(Problem) -> Cursor? {
        guard let text = cursor else { return nil }
        guard let cursor = read(text) else {
            throw Self.badParameter("cursor", "comes from the `Link` of the page before")
        }
        return cursor
    }

    /// The field `Link` that leads to the next page, where there is one (RFC 8288).
    func link(to next: String?) -> HTTPFields {
        guard let next else { return [:] }
        return [
            .link: "<\(path)?limit=\(limit)&cursor=\(percentEncoded(next))>; rel=\"next\""
        ]
    }

    private static func badParameter(_ name: String, _ rule: String) -> Problem {
        var problem = Problem(
            .unprocessableContent, "Bad parameter", detail: "The parameter `\(name)` \(rule).")
        var json = JSONText()
        json.string(name)
        problem.members.append(Problem.Member("parameter", json))
        return problem
    }
}

extension HTTPField.Name {
    /// `Link`: where to go on.
    static let link = HTTPField.Name("Link")!
    /// `Tacho-Version`: the version that an answer is from.
    static let tachoVersion = HTTPField.Name("Tacho-Version")!
    /// `Idempotency-Key`: the same for a request that is sent again.
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}
