import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server that answers as a test tells it, or fails in the way it is told.
final class ScriptedServer: Sendable {
    struct Request: Equatable, Sendable {
        var method = ""
        var uri = ""
        var headers: [String: String] = [:]
        var body = ""
        /// Which connection it came over, from 0.
        var connection = 0
    }

    enum Act: Sendable {
        case answer(Int, [String: String] = [:], String = "")
        case closeWithoutAnswer
        case closeInMidAnswer
        case neverAnswer
        case talkNonsense
    }

    /// What the connections share: what was seen, and what to do.
    final class Script: Sendable {
        private let act: @Sendable (Request, Int) -> Act
        private let seen = Mutex<[Request]>([])
        private let connections = Mutex(0)

        init(act: @escaping @Sendable (Request, Int) -> Act) { self.act = act }

        var requests: [Request] { seen.withLock { $0 } }

        func connect() -> Int {
            connections.withLock {
                $0 += 1
                return $0 - 1
            }
        }

        func next(_ request: Request) -> Act {
            let number = seen.withLock {
                $0.append(request)
                return $0.count - 1
            }
            return act(request, number)
        }
    }

    private let channel: any Channel
    private let script: Script

    /// Starts one on a free port; the closure gets each request and its number, from 0.
    init(_ act: @escaping @Sendable (Request, Int) -> Act) async throws {
        let script = Script(act: act)
        self.script = script
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ScriptedHandler(script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var requests: [Request] { script.requests }

    func stop() async throws { try await channel.close() }
}

private final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let script: ScriptedServer.Script
    private let connection: Int
    private var request = ScriptedServer.Request()

    init(_ script: ScriptedServer.Script) {
        self.script = script
        connection = script.connect()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = ScriptedServer.Request(
                method: head.method.rawValue, uri: head.uri,
                headers: Dictionary(
                    head.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
                connection: connection)
        case .body(let part): request.body += String(buffer: part)
        case .end: play(script.next(request), context)
        }
    }

    private func play(_ act: ScriptedServer.Act, _ context: ChannelHandlerContext) {
        switch act {
        case .answer(let status, let fields, let body):
            var headers = HTTPHeaders(fields.map { ($0.key, $0.value) })
            headers.add(name: "Content-Length", value: "\(body.utf8.count)")
            write(status, headers, body, context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .closeWithoutAnswer: context.close(promise: nil)
        case .closeInMidAnswer:
            write(200, ["Content-Length": "100"], "only this", context)
            context.flush()
            context.close(promise: nil)
        case .neverAnswer: break
        case .talkNonsense:
            let nonsense = context.channel.allocator.buffer(string: "HELLO?\r\n\r\n")
            context.pipeline.context(handlerType: HTTPResponseEncoder.self).whenSuccess {
                $0.writeAndFlush(NIOAny(nonsense), promise: nil)
            }
        }
    }

    private func write(
        _ status: Int, _ headers: HTTPHeaders, _ body: String, _ context: ChannelHandlerContext
    ) {
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let buffer = context.channel.allocator.buffer(string: body)
        context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
}
