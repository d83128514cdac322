internal import HTTPTypes
public import Hummingbird
public import NIOCore

/// Reads bodies whole, within limits of size, memory and time.
public struct BodyReader: Sendable {
    /// The limits.
    public let limits: BodyLimits
    private let budget: BodyBudget

    /// A reader with a budget of its own: one a process is meant.
    public init(limits: BodyLimits = BodyLimits()) {
        self.limits = limits
        budget = BodyBudget(bytes: limits.bytesInFlight)
    }

    /// Reads a request's body, inflated where it comes deflated, and lets `use` make of it what is
    /// wanted; the body's memory counts as taken until then.
    ///
    /// - Throws: ``Problem``: 413 beyond the limit, 415 for an unknown `Content-Encoding`, 400 for
    ///   damaged gzip, 408 for a body too slow, 503 where too many are read at a time; and what
    ///   `use` throws.
    public func withBody<Result>(
        of request: Request, _ use: (ByteBuffer) throws -> Result
    ) async throws -> Result {
        let isGzip = try Self.isGzip(request)
        let declared = request.headers[.contentLength].flatMap { Int($0) }
        if let declared, declared > limits.bytes {
            // The server neither reads on nor closes where the client asked it to close: what is
            // left is read here, so that the answer is heard.
            if declared <= 4 * limits.bytes, request.headers[.connection]?.lowercased() == "close" {
                await drop(bodyOf: request)
            }
            throw tooLarge(declared: declared)
        }
        let share = BodyShare(of: budget)
        if let declared, !isGzip {
            try await grow(share, to: declared)
        } else {
            try await grow(share, to: min(limits.bytes, max(limits.firstShareBytes, declared ?? 0)))
        }
        let body = try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask {
                isGzip
                    ? try await inflated(request, share)
                    : try await plain(request, share, declared: declared)
            }
            group.addTask {
                try await Task.sleep(for: limits.arrival)
                return nil
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() ?? nil else { throw tooSlow() }
            return body
        }
        return try withExtendedLifetime(share) { try use(body) }
    }

    /// Reads a body to its end, for as long as a body may take, and keeps nothing of it.
    private func drop(bodyOf request: Request) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // One that breaks off is as good as one that ends: the answer is the same.
                do { for try await _ in request.body {} } catch { return }
            }
            group.addTask {
                do { try await Task.sleep(for: limits.arrival) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private static func isGzip(_ request: Request) throws(Problem) -> Bool {
        switch request.headers[.contentEncoding]?.lowercased() {
        case nil, "", "identity": return false
        case "gzip", "x-gzip": return true
        case let other?:
            var problem = Problem(
                .unsupportedMediaType, "Unknown content encoding",
                detail: "Content-Encoding is \(other); allowed are gzip and identity.")
            problem.fields[.acceptEncoding] = "gzip, identity"
            throw problem
        }
    }

    private func plain(
        _ request: Request, _ share: BodyShare, declared: Int?
    ) async throws -> ByteBuffer {
        var body = ByteBuffer()
        for try await piece in request.body {
            let bytes = body.readableBytes + piece.readableBytes
            guard bytes <= limits.bytes else { throw tooLarge(declared: declared) }
            if bytes > share.bytes { try await grow(share, to: limits.bytes) }
            if body.readableBytes == 0 {
                // A body that comes in one piece is never copied.
                body = piece
                continue
            }
            if body.capacity < bytes {
                body.reserveCapacity(min(share.bytes, declared ?? bytes * 2))
            }
            body.writeImmutableBuffer(piece)
        }
        return body
    }

    private func inflated(_ request: Request, _ share: BodyShare) async throws -> ByteBuffer {
        var inflater = Inflater()
        var body = ByteBuffer()
        var received = 0
        for try await piece in request.body {
            received += piece.readableBytes
            guard received <= limits.bytes else { throw tooLarge(declared: nil) }
            var piece = piece
            while true {
                // One byte beyond the share tells a body that fits from one that goes on.
                do {
                    try inflater.inflate(&piece, into: &body, full: share.bytes + 1)
                } catch {
                    throw damaged("It is damaged near byte \(received - piece.readableBytes).")
                }
                if body.readableBytes <= share.bytes { break }
                guard share.bytes < limits.bytes else { throw tooLarge(declared: received) }
                try await grow(share, to: limits.bytes)
            }
        }
        guard inflater.isComplete else { throw damaged("It ends too early.") }
        return body
    }

    private func grow(_ share: BodyShare, to bytes: Int) async throws(Problem) {
        guard await share.grow(to: bytes, within: limits.shareWait) else {
            throw Problem(
                .serviceUnavailable, "Too many bodies at a time",
                detail: "\(limits.bytesInFlight) bytes of bodies are being read; try again.",
                retryAfterSeconds: 1)
        }
    }

    /// A rest that is known to be small is read and dropped, so that the answer is heard; a longer
    /// one, or one of unknown length, costs the connection.
    private func tooLarge(declared: Int?) -> Problem {
        var problem = Problem(
            .contentTooLarge, "Body too large",
            detail: "A body may have at most \(limits.bytes) bytes, inflated.")
        problem.closesConnection = declared.map { $0 > 4 * limits.bytes } ?? true
        return problem
    }

    private func tooSlow() -> Problem {
        var problem = Problem(
            .requestTimeout, "Body too slow",
            detail: "A body must arrive within \(limits.arrival.components.seconds) s.")
        problem.closesConnection = true
        return problem
    }

    private func damaged(_ detail: String) -> Problem {
        Problem(.badRequest, "Damaged gzip", detail: "The body is not whole gzip. \(detail)")
    }
}
