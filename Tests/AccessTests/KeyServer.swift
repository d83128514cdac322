import HTTPTypes
import Hummingbird
import Loopback
import NIOCore
import Synchronization

/// Somebody else's server of keys, which can be changed and taken away.
final class KeyServer: Sendable {
    private struct State {
        var keys = "{\"keys\":[]}"
        var status = HTTPResponse.Status.ok
        var asked = 0
    }

    private let state = Mutex(State())
    private let port = Mutex(0)

    /// Where the keys are.
    var address: String { "http://127.0.0.1:\(port.withLock { $0 })/keys" }

    /// How often it was asked.
    var asked: Int { state.withLock { $0.asked } }

    /// Serves other keys from now on, or none where the status is no success.
    func serve(_ keys: [String], status: HTTPResponse.Status = .ok) {
        state.withLock {
            $0.keys = "{\"keys\":[\(keys.joined(separator: ","))]}"
            $0.status = status
        }
    }

    /// Runs one for as long as the body takes.
    static func run(_ body: (KeyServer) async throws -> Void) async throws {
        let server = KeyServer()
        let router = Router()
        router.get("keys") { _, _ in
            let (keys, status) = server.state.withLock { state in
                state.asked += 1
                return (state.keys, state.status)
            }
            return Response(status: status, body: .init(byteBuffer: ByteBuffer(string: keys)))
        }
        router.get("elsewhere") { _, _ in
            Response(status: .found, headers: [.location: "/keys"])
        }
        try await Loopback.serve(router) { port in
            server.port.withLock { $0 = port }
            try await body(server)
        }
    }
}
