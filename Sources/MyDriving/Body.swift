internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Web

extension MyDriving {
    /// The body of a request as JSON.
    ///
    /// - Throws: 415 for another media type, 400 for what is no JSON, and what ``BodyReader`` throws.
    func body(of request: Request) async throws -> JSONTree {
        try Self.requireJSON(request)
        let bytes = try await bodies.withBody(of: request) { Array($0.readableBytesView) }
        do throws(JSONTree.Fault) {
            return try JSONTree(bytes)
        } catch {
            throw Problem(
                .badRequest, "Malformed JSON",
                detail: "The body is no JSON at byte \(error.offset): \(error.reason).")
        }
    }

    /// A body that says nothing of what it is passes for JSON, as it did for MyDriving's services.
    private static func requireJSON(_ request: Request) throws(Problem) {
        guard let field = request.headers[.contentType] else { return }
        let name = field.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        if ["application/json", "text/json"].contains(name) || name.hasSuffix("+json") { return }
        var problem = Problem(
            .unsupportedMediaType, "Unknown media type",
            detail: "Content-Type is \(field); allowed: application/json.")
        problem.fields[.accept] = "application/json"
        throw problem
    }
}
