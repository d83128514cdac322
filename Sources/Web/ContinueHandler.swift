internal import HTTPTypes
public import NIOCore
public import NIOHTTPTypes

/// Tells a client that asked first (`Expect: 100-continue`) to send its body.
///
/// Clients such as curl ask before larger bodies, and wait a second for the answer.
public final class ContinueHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    /// Parts of requests.
    public typealias InboundIn = HTTPRequestPart
    /// The same.
    public typealias InboundOut = HTTPRequestPart
    /// Parts of answers.
    public typealias OutboundOut = HTTPResponsePart

    /// A handler of one connection.
    public init() {}

    /// Passes a part on; behind a head that asks, answers 100.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data),
            head.headerFields[.expect]?.lowercased() == "100-continue"
        {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
    }
}
