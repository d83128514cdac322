internal import HTTPTypes
internal import Hummingbird
internal import Projection
internal import Trips
internal import Web

extension VersionReader {
    /// `GET /v1/trips?user=&status=&limit=&cursor=`.
    func list(_ request: Request, _ context: TachoRequestContext) throws -> Response {
        let query = request.uri.queryParameters
        var filter = try filter(query)
        if let user = try context.onlyUser() {
            guard filter.user == nil || filter.user == user.rawValue else {
                throw Problem.notAllowed("A driver may list their own trips only.")
            }
            filter.user = user.rawValue
        }
        let limit = try limit(query)
        var cursor: TripCursor?
        if let text = query["cursor"] {
            cursor = TripCursor(String(text))
            guard cursor != nil else {
                throw badParameter("cursor", "comes from `next` of the page before")
            }
        }
        let key = AnswerMemory.Key.list(filter, after: cursor, limit: limit)
        if let response = projector.answers.answer(key)?.response(to: request) { return response }
        let stamp = projector.answers.stamp(of: filter.user.map { .user($0) } ?? .everybody)
        let found = try projection.documents(filter, after: cursor, limit: limit) {
            EntityTag($0).isKnown(to: request)
        }
        let answer: AnswerMemory.Answer
        switch found {
        case .known(let tag): answer = AnswerMemory.Answer(EntityTag(tag))
        case .page(let documents, let next, let tag):
            let page = self.answer(Self.page(documents, next), tag: EntityTag(tag))
            answer = next.map { page.with(.linkField, link($0, filter, limit)) } ?? page
        }
        projector.answers.keep(answer, for: key, stamp)
        return answer.response(to: request) ?? .unchanged(answer.tag)
    }

    private static func page(_ documents: [[UInt8]], _ next: TripCursor?) -> [UInt8] {
        let size = documents.reduce(128) { $0 + $1.count + 1 }
        var json = JSONText(capacity: size)
        json.beginObject()
        json.key("trips")
        json.beginArray()
        for document in documents { json.value(bytes: document) }
        json.endArray()
        json.member("next", string: next?.description)
        json.endObject()
        return json.bytes
    }

    private func filter(_ query: Parameters) throws -> TripFilter {
        var filter = TripFilter()
        if let text = query["user"] {
            guard let user = UserID(String(text)) else {
                throw badParameter("user", "is \(UserID.allowed)")
            }
            filter.user = user.rawValue
        }
        if let text = query["status"] {
            let shown: [TripRow.Status] = [.driving, .complete]
            filter.status = shown.first { $0.word == text }
            guard filter.status != nil else {
                throw badParameter("status", "is `driving` or `complete`")
            }
        }
        return filter
    }

    private func limit(_ query: Parameters) throws -> Int {
        guard let text = query["limit"] else { return settings.listDefault }
        guard let limit = Int(text), (1...settings.listLimit).contains(limit) else {
            throw badParameter("limit", "is a whole number of 1 to \(settings.listLimit)")
        }
        return limit
    }

    private func badParameter(_ name: String, _ rule: String) -> Problem {
        var problem = Problem(
            .unprocessableContent, "Bad parameter", detail: "The parameter `\(name)` \(rule).")
        var json = JSONText()
        json.string(name)
        problem.members.append(Problem.Member("parameter", json))
        return problem
    }

    private func link(_ next: TripCursor, _ filter: TripFilter, _ limit: Int) -> String {
        var parts: [String] = []
        if let user = filter.user { parts.append("user=\(percentEncoded(user))") }
        if let status = filter.status { parts.append("status=\(status.word)") }
        parts.append("limit=\(limit)")
        parts.append("cursor=\(next)")
        return "</v1/trips?\(parts.joined(separator: "&"))>; rel=\"next\""
    }
}
