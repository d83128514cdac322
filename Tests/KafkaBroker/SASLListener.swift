import Foundation
import Synchronization
import Threads

/// A server that knows as much of Kafka's protocol as it takes to be told a SASL token.
public final class SASLListener: Sendable {
    /// Where it is: `host:port`.
    public let address: String
    private let tokens = Mutex<[String]>([])

    /// Listens on a free port until the process ends.
    public init(mechanism: String) throws {
        let (listener, port) = try Broker.bind()
        guard listen(listener, 8) == 0 else { throw Broker.Unreachable(addresses: "a free port") }
        address = "127.0.0.1:\(port)"
        Threads.Thread.start { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Threads.Thread.start { [self] in
                    serve(connection, mechanism)
                    close(connection)
                }
            }
        }
    }

    /// What clients said for themselves, so far.
    public var told: [String] { tokens.withLock { $0 } }

    private func serve(_ connection: Int32, _ mechanism: String) {
        while let size = read(connection, 4), let request = read(connection, number(size)) {
            let api = number(request[0..<2])
            let correlation = Array(request[4..<8])
            // Client id, after which the body begins.
            let body = request[(10 + max(0, number(request[8..<10])))...]
            switch api {
            case 18: answer(connection, correlation + Self.versions)
            case 17:
                let name = Array(mechanism.utf8)
                answer(connection, correlation + [0, 0, 0, 0, 0, 1, 0, UInt8(name.count)] + name)
            case 36:
                tokens.withLock { $0.append(String(decoding: body.dropFirst(4), as: UTF8.self)) }
                return
            default: return
            }
        }
    }

    /// No error; SaslHandshake 0…1, SaslAuthenticate 0, ApiVersions 0…3.
    private static let versions: [UInt8] =
        [0, 0, 4, 0, 17, 0, 0, 0, 1, 0, 0, 36, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0, 3, 0] + [
            0, 0, 0, 0, 0,
        ]

    private func number(_ bytes: some Sequence<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    private func read(_ connection: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var there = 0
        while there < count {
            let more = bytes.withUnsafeMutableBytes {
                Foundation.read(connection, $0.baseAddress! + there, count - there)
            }
            guard more > 0 else { return nil }
            there += more
        }
        return bytes
    }

    private func answer(_ connection: Int32, _ bytes: [UInt8]) {
        let size = UInt32(bytes.count)
        let frame =
            stride(from: 24, through: 0, by: -8).map { UInt8(size >> UInt32($0) & 255) } + bytes
        _ = send(connection, frame, frame.count, Int32(MSG_NOSIGNAL))
    }
}
