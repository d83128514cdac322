internal import NIOCore
internal import NIOHTTP1

/// Speaks HTTP/1.1 to one server over connections that it keeps, and sends uploads again as
/// phones do.
///
/// Made for load: no request copies more than its body, and requests share nothing but the pool.
public struct UploadClient: Sendable {
    /// How a client behaves.
    public struct Options: Sendable {
        /// Connections at once, 1 or more; further requests wait for one.
        public var connections = 64
        /// The longest wait for a connection to be made.
        public var connectTimeout = Duration.seconds(5)
        /// The longest wait for a whole answer, of each attempt.
        public var answerTimeout = Duration.seconds(30)
        /// The longest body of an answer, in bytes.
        public var longestAnswer = 256 << 20
        /// A bearer token sent with every request.
        public var token: String?
        /// When to send again.
        public var retries = RetryPolicy()
        /// Waits between attempts; throws where the task was cancelled.
        public var wait: @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
        /// A random number, 0…1, for the waits.
        public var fraction: @Sendable () -> Double = { Double.random(in: 0...1) }

        /// The defaults that each property names.
        public init() {}
    }

    /// Whom it speaks to.
    public let server: Server
    private let options: Options
    private let pool: ConnectionPool

    /// A client of a server; connections are made as requests need them.
    public init(server: Server, options: Options = Options()) {
        precondition(options.connections > 0 && options.retries.attempts > 0)
        self.server = server
        self.options = options
        pool = ConnectionPool(
            server: server, limit: options.connections, connectTimeout: options.connectTimeout,
            longestAnswer: options.longestAnswer)
    }

    /// Sends a body to a path that begins with `/`, again where ``Options/retries`` say so.
    ///
    /// Returns the last answer, whatever its status. Throws a ``ClientError`` where the last
    /// attempt got none, and `CancellationError`.
    public func post(
        path: String, headers: [Response.Field] = [], body: [UInt8]
    ) async throws -> Response {
        try await send(.POST, path, headers, body)
    }

    /// Asks for a path that begins with `/`; otherwise as ``post(path:headers:body:)``.
    public func get(path: String, headers: [Response.Field] = []) async throws -> Response {
        try await send(.GET, path, headers, [])
    }

    /// Closes the connections; a request made later throws ``ClientError/closed``.
    public func close() { pool.close() }

    private func send(
        _ method: HTTPMethod, _ path: String, _ headers: [Response.Field], _ body: [UInt8]
    ) async throws -> Response {
        let head = head(method, path, headers, bodyCount: body.count)
        var attempt = 1
        while true {
            let outcome: RetryPolicy.Outcome
            let result: Result<Response, ClientError>
            do {
                var response = try await exchange(head, body)
                response.attempts = attempt
                outcome = .answered(
                    status: response.status,
                    retryAfterSeconds: response[header: "Retry-After"].flatMap { Int($0) })
                result = .success(response)
            } catch let error as ClientError {
                try Task.checkCancellation()
                outcome = .failed(error)
                result = .failure(error)
            }
            guard
                let delay = options.retries.delay(
                    after: outcome, attempt: attempt, fraction: options.fraction())
            else { return try result.get() }
            try await options.wait(delay)
            attempt += 1
        }
    }

    private func head(
        _ method: HTTPMethod, _ path: String, _ headers: [Response.Field], bodyCount: Int
    ) -> HTTPRequestHead {
        var fields = HTTPHeaders()
        fields.add(name: "Host", value: server.authority)
        fields.add(name: "User-Agent", value: "tacho")
        if method == .POST { fields.add(name: "Content-Length", value: "\(bodyCount)") }
        if let token = options.token {
            fields.add(name: "Authorization", value: "Bearer \(token)")
        }
        for field in headers { fields.add(name: field.name, value: field.value) }
        return HTTPRequestHead(
            version: .http1_1, method: method, uri: server.basePath + path, headers: fields)
    }

    /// One attempt.
    private func exchange(_ head: HTTPRequestHead, _ body: [UInt8]) async throws -> Response {
        let channel = try await pool.take()
        let answer = channel.eventLoop.makePromise(of: Response.self)
        let exchange = Exchange(
            head: head, body: body, timeout: options.answerTimeout, answer: answer)
        let result: Result<Response, any Error>
        do {
            let response = try await withTaskCancellationHandler {
                let written = channel.eventLoop.makePromise(of: Void.self)
                written.futureResult.whenFailure { _ in answer.fail(ClientError.connectionLost) }
                channel.writeAndFlush(exchange, promise: written)
                return try await answer.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            result = .success(response)
        } catch { result = .failure(error) }
        pool.giveBack(channel)
        return try result.get()
    }
}
