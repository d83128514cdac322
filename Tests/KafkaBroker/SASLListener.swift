import Foundation
import Synchronization
import Threads

/// A server that knows as much of Kafka's protocol as it takes to be told a SASL token.
public final class SASLListener: Sendable {
    /// Where it is: `host:port`.
    public let address: String
    private let tokens = Mutex<[String]>([])
    private let listener: Int32

    /// Listens on a free port until the process ends.
    public init(mechanism: String) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let fd = listener
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, length) == 0 && listen(fd, 8) == 0 ? getsockname(fd, $0, &length) : -1
            }
        }
        guard fd >= 0, code == 0 else { throw Broker.Unreachable(addresses: "a free port") }
        self.address = "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Threads.Thread.start { [self] in
            while true {
                let connection = accept(fd, nil, nil)
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
