internal import NIOCore
internal import NIOHTTP1

/// One request to be sent on a connection, with where its answer goes.
struct Exchange: Sendable {
    var head: HTTPRequestHead
    var body: [UInt8]
    var timeout: Duration
    var answer: EventLoopPromise<Response>
}

/// The far end of a connection's pipeline: sends one request at a time, gathers its answer.
///
/// It lives on its connection's event loop, as all of its calls do.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Exchange
    typealias OutboundOut = HTTPClientRequestPart

    private let longestAnswer: Int
    private var exchange: Exchange?
    private var deadline: Scheduled<Void>?
    private var response: Response?
    private var keepsAlive = false

    init(longestAnswer: Int) { self.longestAnswer = longestAnswer }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let next = unwrapOutboundIn(data)
        guard exchange == nil, context.channel.isActive else {
            next.answer.fail(ClientError.connectionLost)
            promise?.fail(ClientError.connectionLost)
            return
        }
        exchange = next
        let channel = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(next.timeout)) {
            bound.value.finish(.failure(ClientError.timedOut(next.timeout)))
            channel.close(promise: nil)
        }
        context.write(wrapOutboundOut(.head(next.head)), promise: nil)
        if !next.body.isEmpty {
            let buffer = context.channel.allocator.buffer(bytes: next.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard head.status.code >= 200 else { return }
            keepsAlive = head.isKeepAlive
            response = Response(
                status: Int(head.status.code),
                headers: head.headers.map { Response.Field($0.name, $0.value) })
        case .body(var part):
            guard response != nil else { return }
            response?.body.append(contentsOf: part.readBytes(length: part.readableBytes) ?? [])
            if response?.body.count ?? 0 > longestAnswer {
                finish(.failure(ClientError.answerTooLong(limit: longestAnswer)))
                context.close(promise: nil)
            }
        case .end:
            guard let response else { return }
            // Closed before the answer is handed out, so that nobody takes it for reuse; and
            // put aside before it is closed, so that the close does not count as its loss.
            let answer = endExchange()
            if !keepsAlive { context.close(promise: nil) }
            answer?.succeed(response)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(ClientError.connectionLost))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is IOError, HTTPParserError.invalidEOFState:
            finish(.failure(ClientError.connectionLost))
        default: finish(.failure(ClientError.notHTTP("\(error)")))
        }
        context.close(promise: nil)
    }

    private func finish(_ result: Result<Response, any Error>) {
        endExchange()?.completeWith(result)
    }

    /// Makes ready for the next request; what this one came to is owed to the promise.
    private func endExchange() -> EventLoopPromise<Response>? {
        deadline?.cancel()
        deadline = nil
        response = nil
        defer { exchange = nil }
        return exchange?.answer
    }
}
