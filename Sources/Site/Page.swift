internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Projection

/// Answers of the site.
enum Page {
    /// An answer with a page that only this site's own style and scripts may touch.
    ///
    /// - Parameter tiles: the one other origin that the page may show pictures of.
    static func response(
        _ html: String, status: HTTPResponse.Status = .ok, tiles: TileSource? = nil,
        to request: Request
    ) -> Response {
        let bytes = Array(html.utf8)
        var fields: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-cache",
            .contentSecurityPolicy: policy(tiles), .xContentTypeOptions: "nosniff",
            .vary: "Cookie",
        ]
        fields[.referrerPolicy] = "same-origin"
        guard status == .ok else {
            return Response(
                status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        return content(bytes, ContentTag.of(bytes), fields, to: request)
    }

    /// An answer with content that the asker may have already.
    ///
    /// - Parameters:
    ///   - bytes: made only where the asker has not got them.
    ///   - tag: the same for the same content.
    static func content(
        _ bytes: @autoclosure () throws -> [UInt8], _ tag: UInt64, _ fields: HTTPFields,
        to request: Request
    ) rethrows -> Response {
        var fields = fields
        let tag = "\"\(String(tag, radix: 16))\""
        fields[.eTag] = tag
        if request.headers[.ifNoneMatch] == tag || request.headers[.ifNoneMatch] == "W/\(tag)" {
            fields[.contentType] = nil
            return Response(status: .notModified, headers: fields)
        }
        return Response(
            status: .ok, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: try bytes())))
    }

    /// An answer with a file of the site's own.
    ///
    /// - Parameter isCurrent: whether it never changes under the address that was asked for.
    static func asset(_ file: Assets.File, isCurrent: Bool) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: file.type,
                .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
                .xContentTypeOptions: "nosniff",
            ], body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }

    private static func policy(_ tiles: TileSource?) -> String {
        """
        default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
        img-src 'self' data:\(tiles.map { " \($0.origin)" } ?? ""); \
        base-uri 'none'; form-action 'self'; frame-ancestors 'none'
        """
    }
}

extension HTTPField.Name {
    /// `Referrer-Policy`: other sites are not told which trip was looked at.
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
