import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing
import Web

@Suite struct CompressionTests {
    private static let text = String(repeating: "the same again and again, ", count: 200)

    /// What a client that says this is answered, with an answer of that type.
    private func answer(
        _ encoding: String?, type: String = "text/html; charset=utf-8", text: String = text,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var fields = HTTPFields()
        if let encoding { fields[.acceptEncoding] = encoding }
        let request = Request(
            head: .init(
                method: .get, scheme: "http", authority: "x", path: "/", headerFields: fields),
            body: .init(buffer: ByteBuffer()))
        let context = BasicRequestContext(
            source: ApplicationRequestContextSource(
                channel: EmbeddedChannel(), logger: Logger(label: "test")))
        return try await CompressionMiddleware<BasicRequestContext>().handle(
            request, context: context
        ) { _, _ in
            Response(
                status: status, headers: [.contentType: type, .eTag: "\"a\"", .vary: "Cookie"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    @Test(arguments: ["gzip", "gzip, deflate, br", "*", "br;q=1, GZIP;q=0.5"])
    func `who takes gzip gets it, with a weak tag`(encoding: String) async throws {
        let response = try await answer(encoding)
        #expect(response.headers[.contentEncoding] == "gzip")
        #expect(response.headers[.eTag] == "W/\"a\"")
        #expect(response.headers[.vary] == "Cookie, Accept-Encoding")
        let length = try #require(response.body.contentLength)
        #expect(length < 200 && response.headers[.contentLength] == "\(length)")
    }

    @Test(arguments: [nil, "", "br", "gzip;q=0", "*;q=0", "identity"])
    func `who does not gets the bytes as they are`(encoding: String?) async throws {
        let response = try await answer(encoding)
        #expect(response.headers[.contentEncoding] == nil)
        #expect(response.headers[.eTag] == "\"a\"")
        #expect(response.headers[.vary] == "Cookie, Accept-Encoding")
        #expect(response.body.contentLength == Self.text.utf8.count)
    }

    @Test func `what is short, no text, a stream or a failure stays as it is`() async throws {
        for response in [
            try await answer("gzip", text: "short"), try await answer("gzip", type: "image/png"),
            try await answer("gzip", type: "text/event-stream"),
            try await answer("gzip", status: .notFound),
        ] {
            #expect(response.headers[.contentEncoding] == nil)
            #expect(response.headers[.vary] == "Cookie")
        }
    }
}
