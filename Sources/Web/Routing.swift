public import HTTPTypes
public import Hummingbird
internal import NIOCore

extension Router {
    /// Answers 405 with `Allow` to every method at a path but those named, which have routes of
    /// their own.
    public func refuseMethods(other allowed: [HTTPRequest.Method], at path: RouterPath) {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        let allow = allowed.map(\.rawValue).joined(separator: ", ")
        for method in known where !allowed.contains(method) {
            // A router may make HEAD of GET by itself.
            if method == .head, allowed.contains(.get) { continue }
            on(path, method: method) { request, _ -> Response in
                var problem = Problem(
                    .methodNotAllowed, "Method not allowed",
                    detail: "\(request.uri.path) allows \(allow).")
                problem.fields[.allow] = allow
                throw problem
            }
        }
    }
}

extension Router {
    /// Answers GET, HEAD without the body, and 405 to every other method.
    public func readOnly(
        _ path: RouterPath,
        use answer: @escaping @Sendable (Request, Context) async throws -> Response
    ) {
        on(path, method: .get, use: answer)
        on(path, method: .head) { request, context in
            try await answer(request, context).createHeadResponse()
        }
        refuseMethods(other: [.get, .head], at: path)
    }
}

extension Response {
    /// An answer that is JSON.
    public init(
        status: HTTPResponse.Status = .ok, fields: HTTPFields = [:], json: JSONText
    ) {
        var fields = fields
        fields[.contentType] = "application/json"
        self.init(
            status: status, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
