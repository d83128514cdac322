/// A server's answer.
public struct Response: Equatable, Sendable {
    /// One field of the head.
    public struct Field: Equatable, Sendable {
        /// The name as it was sent.
        public var name: String
        /// The value.
        public var value: String

        /// A field of a name and a value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The status, 100…599.
    public var status: Int
    /// The head's fields in the order they came.
    public var headers: [Field]
    /// The whole body.
    public var body: [UInt8]
    /// How often the request was sent until this answer came, 1 or more.
    public var attempts: Int

    /// An answer.
    public init(status: Int, headers: [Field] = [], body: [UInt8] = [], attempts: Int = 1) {
        self.status = status
        self.headers = headers
        self.body = body
        self.attempts = attempts
    }

    /// The first value of a field, whatever the case of its name.
    public subscript(header name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The body as text, bytes that are not UTF-8 replaced.
    public var text: String { String(decoding: body, as: UTF8.self) }
}
