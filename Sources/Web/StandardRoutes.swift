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
    public var version: JSONText
    /// Asked by `/readyz`.
    public var readiness: @Sendable () async -> Readiness
    /// What `/metrics` says, in Prometheus' text format.
    public var metrics: @Sendable () -> [UInt8]

    /// Routes that ask these closures.
    public init(
        version: JSONText, readiness: @escaping @Sendable () async -> Readiness,
        metrics: @escaping @Sendable () -> [UInt8]
    ) {
        self.version = version
        self.readiness = readiness
        self.metrics = metrics
    }

    /// Adds the four routes.
    public func addRoutes(to router: Router<TachoRequestContext>) {
        router.get("livez") { _, _ in Self.text("ok\n") }
        router.get("readyz") { [readiness] _, _ in
            switch await readiness() {
            case .ready: return Self.text("ready\n")
            case .waiting(let what):
                throw Problem(
                    .serviceUnavailable, "Not ready", detail: "Waiting for \(what).",
                    retryAfterSeconds: 1)
            }
        }
        router.get("metrics") { [metrics] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: metrics())))
        }
        router.get("version") { [version] _, _ in Response(json: version) }
        for path in ["livez", "readyz", "metrics", "version"] {
            router.refuseMethods(other: [.get], at: RouterPath(path))
        }
    }

    private static func text(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
