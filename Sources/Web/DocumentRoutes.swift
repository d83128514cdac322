internal import HTTPTypes
public import Hummingbird
internal import NIOCore

/// The document of all routes: `/openapi.json` for programs, `/docs` for people.
public struct DocumentRoutes: Sendable {
    /// The document, in JSON.
    public static let json = OpenAPIText.text
    /// The page that shows it, complete without a script and without a network.
    public static let page = OpenAPIPage.text

    /// The routes; they have no settings.
    public init() {}

    /// Adds both, for GET and HEAD.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        add("openapi.json", Self.json, type: "application/json", to: router)
        add("docs", Self.page, type: "text/html; charset=utf-8", to: router)
    }

    private func add(
        _ path: RouterPath, _ text: String, type: String,
        to router: Router<TachoRequestContext>
    ) {
        let bytes = ByteBuffer(string: text)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes.readableBytesView { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let tag = "\"\(String(hash, radix: 16))\""
        var fields: HTTPFields = [.contentType: type, .eTag: tag, .cacheControl: "no-cache"]
        fields[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'"
        fields[.xContentTypeOptions] = "nosniff"
        router.readOnly(path) { [fields] request, _ in
            let known = request.headers[.ifNoneMatch] ?? ""
            if known == "*" || known.contains(tag) {
                return Response(
                    status: .notModified, headers: [.eTag: tag, .cacheControl: "no-cache"])
            }
            return Response(status: .ok, headers: fields, body: .init(byteBuffer: bytes))
        }
    }
}
