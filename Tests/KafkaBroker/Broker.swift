import CRdkafka
import Foundation
import Synchronization

/// The Kafka cluster that tests talk to: the one that `TACHO_TEST_BROKERS` names, else a broker
/// started for this process, which does not outlive it.
public struct Broker: Sendable {
    /// Where it is: `host:port`, several with commas.
    public let addresses: String
    /// Whether the cluster is there without us, and must be left as it was found.
    public let isForeign: Bool

    /// The process's one cluster; it answers once this has returned.
    public static func shared() throws -> Broker { try started.get() }

    /// A prefix for topics, groups and transactional ids that nobody else uses; what stands under
    /// it on a foreign cluster is deleted when the process ends.
    public static func prefix() -> String {
        processPrefix + String(UInt32.random(in: .min ... .max), radix: 36) + "."
    }

    /// What every prefix of this process begins with.
    static let processPrefix =
        "tacho-test-" + String(UInt64.random(in: .min ... .max), radix: 36) + "."

    private static let started = Result { try start() }

    private static func start() throws -> Broker {
        if let foreign = ProcessInfo.processInfo.environment["TACHO_TEST_BROKERS"], !foreign.isEmpty
        {
            try wait(for: foreign)
            atexit {
                if let broker = try? Broker.shared() { ForeignCluster.clean(broker.addresses) }
            }
            return Broker(addresses: foreign, isForeign: true)
        }
        // Somebody else may take the port between our asking and its binding.
        for _ in 0..<5 {
            let process = try BrokerProcess(port: try freePort())
            BrokerProcess.current.withLock { $0 = process }
            atexit { BrokerProcess.current.withLock { $0?.stop() } }
            do {
                try wait(for: process.address) { process.isRunning }
                return Broker(addresses: process.address, isForeign: false)
            } catch is BrokerProcess.Ended {
                process.stop()
            }
        }
        throw Unreachable(addresses: "any of five free ports")
    }

    /// No cluster answers there.
    public struct Unreachable: Error {
        /// Where.
        public let addresses: String
    }

    /// Asks for metadata until there is some, up to half a minute.
    private static func wait(
        for addresses: String, while isRunning: () -> Bool = { true }
    ) throws {
        let client = try BareClient(addresses)
        for _ in 0..<60 {
            guard isRunning() else { throw BrokerProcess.Ended() }
            if client.topics(milliseconds: 500) != nil { return }
        }
        throw Unreachable(addresses: addresses)
    }

    private static func freePort() throws -> UInt16 {
        let (socket, port) = try bind()
        close(socket)
        return port
    }

    /// A socket on a free port of 127.0.0.1, and the port.
    static func bind() throws -> (socket: Int32, port: UInt16) {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.bind(socket, $0, length) == 0 ? getsockname(socket, $0, &length) : -1
            }
        }
        guard socket >= 0, code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }
}
