internal import HTTPTypes
public import Hummingbird
internal import NIOCore

/// Sends answers as gzip to those who take it, where that pays.
///
/// What is compressed is an answer of text whose length is known: never a live stream, which must
/// arrive at once. Its entity tag becomes a weak one, because the bytes are others; the tags of this
/// program are compared weakly. Every answer that could have been compressed says `Vary`.
public struct CompressionMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Answers shorter than this are sent as they are, in bytes: they fit into one packet anyway.
    public static var shortest: Int { 1_024 }
    /// Answers longer than this are sent as they are, in bytes: they would take memory twice.
    public static var longest: Int { 32 << 20 }

    /// The middleware; it has no settings.
    public init() {}

    /// Answers, compressed where that is wanted and pays.
    public func handle(
        _ request: Request, context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let length = response.body.contentLength, length >= Self.shortest,
            length <= Self.longest, response.status == .ok, request.method != .head,
            response.headers[.contentEncoding] == nil, Self.isText(response.headers[.contentType])
        else { return response }
        let vary = response.headers[.vary]
        response.headers[.vary] = vary.map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        guard Self.takesGzip(request.headers[.acceptEncoding]) else { return response }
        let collected = Collector()
        try await response.body.write(collected)
        guard let bytes = Deflater.gzip(collected.bytes) else {
            response.body = ResponseBody(byteBuffer: collected.bytes)
            return response
        }
        response.headers[.contentEncoding] = "gzip"
        if let tag = response.headers[.eTag], !tag.hasPrefix("W/") {
            response.headers[.eTag] = "W/\(tag)"
        }
        response.body = ResponseBody(byteBuffer: bytes)
        return response
    }

    private static func isText(_ type: String?) -> Bool {
        guard let type else { return false }
        let name = type.prefix { $0 != ";" }
        return name.hasPrefix("text/") && name != "text/event-stream"
            || name.hasSuffix("json") || name.hasSuffix("xml") || name.hasSuffix("javascript")
    }

    /// Whether `Accept-Encoding` names gzip, or everything, with a weight above 0.
    private static func takesGzip(_ field: String?) -> Bool {
        guard let field else { return false }
        var takesAll = false
        for item in field.split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
            let isTaken = weight.flatMap { Double($0.dropFirst(2)) } != 0
            switch parts.first?.lowercased() {
            case "gzip", "x-gzip": return isTaken
            case "*": takesAll = isTaken
            default: break
            }
        }
        return takesAll
    }
}

/// Takes a body that is all there already.
private final class Collector: ResponseBodyWriter {
    var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws {
        if bytes.readableBytes == 0 {
            bytes = buffer
        } else {
            bytes.writeImmutableBuffer(buffer)
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
