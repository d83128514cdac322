internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Projection
internal import Topics

extension AnswerMemory {
    /// An answer, ready to be sent.
    struct Answer: Sendable {
        /// Which content it is.
        let tag: EntityTag
        /// Of a trip's document, whose the trip is.
        var owner: String?
        /// Of a track, which uploads it is made of.
        var content: Projection.TrackTag?
        /// The fields and the bytes; nil where only the tag is known.
        private let whole: (fields: HTTPFields, body: ByteBuffer)?
        private let unchangedFields: HTTPFields

        /// An answer of which only the tag is known.
        init(_ tag: EntityTag) {
            self.tag = tag
            whole = nil
            unchangedFields = Response.unchanged(tag).headers
        }

        /// A version's answer with these bytes.
        init(_ tag: EntityTag, version: Version, _ bytes: [UInt8], type: String) {
            self.tag = tag
            var fields: HTTPFields = [
                .contentType: type, .eTag: tag.text, .cacheControl: "private, no-cache",
                .vary: "Accept, Tacho-Version",
            ]
            fields[.tachoVersion] = String(version.number)
            whole = (fields, ByteBuffer(bytes: bytes))
            unchangedFields = Response.unchanged(tag).headers
        }

        /// What it takes in memory, in bytes, roughly.
        var cost: Int { 512 + (whole?.body.readableBytes ?? 0) }

        /// The same with another field.
        func with(_ name: HTTPField.Name, _ value: String) -> Self {
            guard let (known, body) = whole else { return self }
            var fields = known
            fields[name] = value
            return Self(tag: tag, content: content, fields, body)
        }

        private init(
            tag: EntityTag, content: Projection.TrackTag?, _ fields: HTTPFields, _ body: ByteBuffer
        ) {
            self.tag = tag
            self.content = content
            whole = (fields, body)
            unchangedFields = Response.unchanged(tag).headers
        }

        /// What is answered to a request: that nothing has changed to whoever has the content, and
        /// nil to others where the bytes are not known.
        func response(to request: Request) -> Response? {
            if tag.isKnown(to: request) {
                return Response(status: .notModified, headers: unchangedFields)
            }
            return whole.map {
                Response(status: .ok, headers: $0.fields, body: ResponseBody(byteBuffer: $0.body))
            }
        }
    }
}

extension Response {
    /// What the asker has is as it was.
    static func unchanged(_ tag: EntityTag) -> Response {
        Response(
            status: .notModified, headers: [.eTag: tag.text, .cacheControl: "private, no-cache"])
    }
}
