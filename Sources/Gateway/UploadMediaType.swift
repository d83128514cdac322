internal import HTTPTypes
internal import Hummingbird
internal import Web

/// The forms in which points may come.
public enum UploadMediaType: String, CaseIterable, Sendable {
    /// An object with an array of points.
    case json = "application/json"
    /// A point a line.
    case lines = "application/x-ndjson"
    /// A `PointBatch` of `topics/trip-uploads.proto`.
    case protobuf = "application/x-protobuf"

    /// The form that a request names; parameters such as a charset change nothing.
    ///
    /// - Throws: 415 where it names none of those that are allowed.
    @discardableResult
    static func require(
        _ allowed: [UploadMediaType], of request: Request
    ) throws(Problem) -> UploadMediaType {
        let field = request.headers[.contentType] ?? ""
        let name = field.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        if let type = UploadMediaType(rawValue: name), allowed.contains(type) { return type }
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var problem = Problem(
            .unsupportedMediaType, "Unknown media type",
            detail: field.isEmpty
                ? "Content-Type is missing; allowed: \(names)."
                : "Content-Type is \(field); allowed: \(names).")
        problem.fields[.accept] = names
        throw problem
    }
}
