internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Projection

/// What every page has around its content.
enum Page {
    /// A whole document.
    static func document(title: String, body: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title) · Tacho</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/site.css?\(StyleSheet.tag)">
        <script src="/site.js?\(Script.tag)" defer></script>
        </head>
        <body>
        <a class="skip" href="#content">To the content</a>
        <header><a class="brand" href="/">Tacho</a> <span>a driving log</span></header>
        <main id="content">
        \(body)
        </main>
        </body>
        </html>
        """
    }

    /// An answer with a page that only this site's own style and script may touch.
    static func response(
        _ html: HTML, status: HTTPResponse.Status = .ok, to request: Request
    ) -> Response {
        let bytes = Array(html.text.utf8)
        let tag = "\"\(String(ContentTag.of(bytes), radix: 16))\""
        var fields: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-cache",
            .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff", .eTag: tag,
        ]
        fields[.referrerPolicy] = "same-origin"
        if status == .ok, request.headers[.ifNoneMatch] == tag {
            return Response(status: .notModified, headers: fields)
        }
        return Response(
            status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// An answer with a file that never changes under its name.
    static func asset(_ text: String, type: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "public, max-age=31536000, immutable",
                .xContentTypeOptions: "nosniff",
            ], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static let policy = """
        default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
        base-uri 'none'; form-action 'self'; frame-ancestors 'none'
        """
}

extension HTTPField.Name {
    /// `Referrer-Policy`: other sites are not told which trip was looked at.
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
