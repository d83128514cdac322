import CZlib
import EmbeddedLog
import EventLog
import Foundation
import GivenCaller
import Hummingbird
import Loopback
import Synchronization
import Topics
import Trips
import Web

@testable import Gateway

/// A gateway that listens on a port of its own.
struct RunningGateway: Sendable {
    let port: Int
    static let partitions = 8

    /// Starts one, and stops it after `test`.
    static func with(
        log: any EventLog, bodies: BodyLimits = BodyLimits(),
        limits: GatewayLimits = GatewayLimits(),
        _ test: @escaping @Sendable (RunningGateway) async throws -> Void
    ) async throws {
        let router = Router(context: TachoRequestContext.self)
        router.add(middleware: RequestMeter { _ in "gateway" })
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: GivenCaller())
        let ids = Atomic(0)
        Gateway(
            log: log, partitions: partitions, engine: "test", bodies: BodyReader(limits: bodies),
            limits: limits, now: { testNow },
            newID: { "id-\(ids.wrappingAdd(1, ordering: .relaxed).newValue)" }
        ).addRoutes(to: router)
        StandardRoutes(
            version: { JSONText() }, readiness: { .waiting(for: "the log") },
            metrics: { Array("a 1\n".utf8) }
        ).addRoutes(to: router)
        try await Loopback.serve(router) { try await test(RunningGateway(port: $0)) }
    }

    /// Sends a request as it should be, and returns its answer.
    func send(
        _ method: String = "POST", _ path: String, type: String? = "application/json",
        fields: [String: String] = [:], body: [UInt8] = []
    ) async throws -> RawAnswer {
        let port = port
        return try await onThread {
            let client = try RawClient(port: port)
            var head =
                "\(method) \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n"
            if let type { head += "Content-Type: \(type)\r\n" }
            for (name, value) in fields { head += "\(name): \(value)\r\n" }
            try client.send(Array((head + "\r\n").utf8) + body)
            return try client.receive()
        }
    }

    func send(_ path: String, type: String? = "application/json", _ body: String) async throws
        -> RawAnswer
    {
        try await send("POST", path, type: type, body: Array(body.utf8))
    }
}

/// A real log in a directory of its own, and what lies on it.
func withEmbeddedLog(_ test: (EmbeddedLog) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
        .appending(path: "tacho-gateway-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let log = try EmbeddedLog(path: directory.appending(path: "log.sqlite").path)
    try await log.create(Topics.sources(partitions: RunningGateway.partitions))
    try await test(log)
    await log.close()
}

extension EventLog {
    /// All uploads, in the order of partitions and offsets.
    func uploads() async throws -> [Record] {
        let starts = try await offsets(of: Topics.tripUploads.name).mapValues(\.lowerBound)
        return try await read(from: starts, limit: ReadLimit(), wait: .zero)
    }
}

/// A log that fails, or waits until it is let go; for faults that no real log makes on request.
actor FaultyLog: EventLog {
    private(set) var appended: [NewRecord] = []
    private(set) var isWaiting = false
    private let failure: LogError?
    private let holds: Bool
    private var held: CheckedContinuation<Void, Never>?

    init(failing failure: LogError? = nil, holding holds: Bool = false) {
        self.failure = failure
        self.holds = holds
    }

    func append(_ records: [NewRecord]) async throws(LogError) -> [Position] {
        if let failure { throw failure }
        if holds {
            await withCheckedContinuation { continuation in
                held = continuation
                isWaiting = true
            }
        }
        appended += records
        return records.map { Position($0.topicPartition, offset: Int64(appended.count - 1)) }
    }

    func letGo() {
        held?.resume()
        held = nil
    }

    func create(_ topics: [TopicSpecification]) async throws(LogError) {}
    func topics() async throws(LogError) -> [TopicSpecification] { [] }
    func read(
        from offsets: [TopicPartition: Int64], limit: ReadLimit, wait: Duration
    ) async throws(LogError) -> [Record] { [] }
    func offsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Range<Int64>] {
        [:]
    }
    func offsets(
        of topic: TopicName, at timestampMilliseconds: Int64
    ) async throws(LogError) -> [TopicPartition: Int64] { [:] }
    func decidedOffsets(of topic: TopicName) async throws(LogError) -> [TopicPartition: Int64] {
        [:]
    }
    func committed(group: String) async throws(LogError) -> [TopicPartition: Int64] { [:] }
    func note(_ offsets: [TopicPartition: Int64], readBy group: String) async throws(LogError) {}
    func groups() async throws(LogError) -> [GroupDescription] { [] }
    func join(
        group: String, topics: [TopicName], member: String
    ) async throws(LogError) -> any GroupMember { throw .unusable(reason: "has no groups") }
    func close() async {}
}

/// Bytes as gzip.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    precondition(tacho_deflate_init_gzip(&stream, 6) == Z_OK)
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let count = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
            return output.count - Int(stream.avail_out)
        }
    }
    return Array(output[..<count])
}
