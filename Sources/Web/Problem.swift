public import HTTPTypes
public import Hummingbird
internal import NIOCore

/// What went wrong with a request, as RFC 9457 has it: `application/problem+json`.
///
/// Thrown from any route; the text goes to the caller as it is, so it must say what is allowed and
/// nothing of the inside.
public struct Problem: Error, HTTPResponseError {
    /// A member beyond RFC 9457's own, its value already JSON.
    public struct Member: Sendable {
        /// The member's name.
        public var name: String
        /// The member's value.
        public var value: JSONText

        /// The member `name` with `value`.
        public init(_ name: String, _ value: JSONText) {
            self.name = name
            self.value = value
        }
    }

    /// The answer's status.
    public var status: HTTPResponse.Status
    /// The kind of problem in a few words, the same for every problem of its kind.
    public var title: String
    /// This problem in a sentence.
    public var detail: String
    /// A JSON pointer to the value at fault, where one is.
    public var pointer: String?
    /// When to try again, where trying again helps.
    public var retryAfterSeconds: Int?
    /// Further members.
    public var members: [Member] = []
    /// Fields that go with the answer, such as `Allow`.
    public var fields: HTTPFields = [:]
    /// Whether the connection is of no further use, because the rest of the request is not wanted.
    public var closesConnection = false

    /// A problem of the kind `title`.
    public init(
        _ status: HTTPResponse.Status, _ title: String, detail: String, pointer: String? = nil,
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.title = title
        self.detail = detail
        self.pointer = pointer
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The problem as JSON.
    public var json: JSONText {
        var json = JSONText()
        json.beginObject()
        json.member("title", string: title)
        json.member("status", integer: Int64(status.code))
        json.member("detail", string: detail)
        if let pointer { json.member("pointer", string: pointer) }
        for member in members {
            json.key(member.name)
            json.value(member.value)
        }
        json.endObject()
        return json
    }

    /// The answer that says so.
    public func response(from request: Request, context: some RequestContext) -> Response {
        var fields = fields
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        if let retryAfterSeconds { fields[.retryAfter] = String(retryAfterSeconds) }
        let bytes = ByteBuffer(bytes: json.bytes)
        guard closesConnection else {
            return Response(status: status, headers: fields, body: .init(byteBuffer: bytes))
        }
        fields[.connection] = "close"
        return Response(
            status: status, headers: fields,
            body: ResponseBody(contentLength: bytes.readableBytes) { writer in
                try await writer.write(bytes)
                try await writer.finish(nil)
                // The server closes a connection only when writing its answer fails.
                throw ConnectionNoLongerWanted()
            })
    }
}

/// Ends a connection after its last answer.
private struct ConnectionNoLongerWanted: Error {}
