internal import NIOCore
internal import NIOPosix

/// An answer's head and what of its body came with it.
public struct Answer: Sendable {
    /// As the first line says.
    public var status: Int
    /// By lower-case name.
    public var fields: [String: String]
    /// Text in UTF-8.
    public var body: String

    /// A field by its lower-case name.
    public subscript(_ field: String) -> String? { fields[field] }

    /// Sends one request on a connection of its own and takes what comes until the server closes
    /// it, or until that is enough.
    ///
    /// - Parameter isEnough: told all that has come, head included.
    public static func ask(
        port: Int, _ method: String, _ path: String, fields: [(String, String)] = [],
        body: String = "", isEnough: (String) -> Bool = { _ in false }
    ) async throws -> Answer {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        var head = "\(method) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if !body.isEmpty { head += "content-length: \(body.utf8.count)\r\n" }
        let text = head + "\r\n" + body
        let bytes = try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var bytes: [UInt8] = []
            for try await buffer in inbound {
                bytes += buffer.readableBytesView
                if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
            }
            return bytes
        }
        return Answer(String(decoding: bytes, as: UTF8.self))
    }

    /// Whether the head of a stream of events has come, which has no end.
    public static func isHeadOfStream(_ text: String) -> Bool {
        text.contains("text/event-stream") && text.contains("\r\n\r\n")
    }

    private init(_ text: String) {
        let halves = text.split(
            separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = halves[0].split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        fields = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        body = halves.count > 1 ? String(halves[1]) : ""
    }
}
