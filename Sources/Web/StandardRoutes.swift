public import Hummingbird
internal import HTTPTypes
internal import NIOCore

/// What every process serves: `/livez`, `/readyz`, `/metrics`, `/version`.
public struct StandardRoutes: Sendable {
    /// Whether the process can serve.
    public enum Readiness: Equatable, Sendable {
        /// It can.
        case ready
        /// Not now; the text says what it waits for.
        case waiting(for: String)
    }

    /// What `/version` says, in JSON.
    public var version: @Sendable () -> JSONText
    /// Asked by `/readyz`.
    public var readiness: @Sendable () async -> Readiness
    /// What `/metrics` says, in Prometheus' text format.
    public var metrics: @Sendable () -> [UInt8]

    /// Routes that ask these closures.
    public init(
        version: @escaping @Sendable () -> JSONText,
        readiness: @escaping @Sendable () async -> Readiness,
        metrics: @escaping @Sendable () -> [UInt8]
    ) {
        self.version = version
        self.readiness = readiness
        self.metrics = metrics
    }

    /// Adds the four routes, for GET and HEAD.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        router.readOnly("livez") { _, _ in Self.text("ok\n") }
        router.readOnly("readyz") { [readiness] _, _ in
            switch await readiness() {
            case .ready: return Self.text("ready\n")
            case .waiting(let what):
                throw Problem(
                    .serviceUnavailable, "Not ready", detail: "Waiting for \(what).",
                    retryAfterSeconds: 1)
            }
        }
        router.readOnly("metrics") { [metrics] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: metrics())))
        }
        router.readOnly("version") { [version] _, _ in
            Response(fields: [.cacheControl: "no-store"], json: version())
        }
    }

    private static func text(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
