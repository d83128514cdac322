import NIOCore
import NIOPosix

/// An answer of a server, as it came over the wire.
struct Answer {
    var status: Int
    var fields: [String: String]
    var body: String

    subscript(_ field: String) -> String? { fields[field] }

    /// Sends one request on a connection of its own and takes what comes until the server closes
    /// it, or until that is enough.
    static func ask(
        port: Int, method: String, path: String, fields: [String: String],
        isEnough: (String) -> Bool = { _ in false }
    ) async throws -> Answer {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        var request = "\(method) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        for (name, value) in fields { request += "\(name): \(value)\r\n" }
        let text = request + "\r\n"
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
