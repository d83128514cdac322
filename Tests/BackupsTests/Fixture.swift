import EmbeddedLog
import EventLog
import Foundation
import Synchronization

let trips = TopicName("trips")!

/// A directory of its own for one test, gone with it; a data directory lies in it.
final class Scratch: Sendable {
    let directory: String

    init() throws {
        directory =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
            + "/tacho-backup-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var data: String { directory + "/data" }
    var log: String { data + "/log.sqlite" }
    var backup: String { directory + "/backup" }
    var restored: String { directory + "/restored" }

    /// Makes a log with so many records of a kilobyte, and files beside it.
    func fill(_ count: Int) async throws {
        let log = try EmbeddedLog(path: log)
        try await log.create([
            TopicSpecification(name: trips, partitions: 3),
            TopicSpecification(name: TopicName("kept")!, partitions: 1, isCompacted: true),
        ])
        for start in stride(from: 0, to: count, by: 500) {
            _ = try await log.append(
                (start..<min(count, start + 500)).map { number in
                    NewRecord(
                        to: TopicPartition(trips, number % 3), key: Array("k\(number % 7)".utf8),
                        value: Array("\(number) ".utf8) + [UInt8](repeating: 7, count: 1_000),
                        headers: [Header("n", "\(number)")])
                })
        }
        await log.close()
        for (name, text) in [
            ("layout", "1\n"), ("token.key", "secret"), ("up.lock", ""), ("scorer.v1.sqlite", "c"),
            ("projection.v12.sqlite-wal", "c"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(data)/\(name)"))
        }
    }
}

/// Every record of every topic, as a log has it.
func everything(_ log: EmbeddedLog) async throws -> [TopicPartition: [Record]] {
    var everything: [TopicPartition: [Record]] = [:]
    for topic in try await log.topics() {
        for (source, range) in try await log.offsets(of: topic.name) {
            var next = range.lowerBound
            var records: [Record] = []
            while next < range.upperBound {
                let more = try await log.read(from: [source: next], limit: ReadLimit(), wait: .zero)
                guard let last = more.last else { break }
                records += more
                next = last.position.offset + 1
            }
            everything[source] = records
        }
    }
    return everything
}

/// A process of `log-stress`; what it prints is kept.
final class Child: Sendable {
    private let process = Process()
    private let output = Pipe()
    private let bytes = Mutex<[UInt8]>([])

    init(_ arguments: [String]) throws {
        process.executableURL = try Self.program()
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        output.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            self?.bytes.withLock { $0 += data }
        }
        try process.run()
    }

    /// Whole lines that it printed so far.
    var lines: [String] {
        let text = bytes.withLock { String(decoding: $0, as: UTF8.self) }
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    var isRunning: Bool { process.isRunning }

    /// Ends it as a power cut would.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        output.fileHandleForReading.readabilityHandler = nil
    }

    private static func program() throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var folder = URL(fileURLWithPath: tests).deletingLastPathComponent()
        for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
            folder = URL(fileURLWithPath: argument).deletingLastPathComponent()
        }
        return folder.appendingPathComponent("log-stress")
    }
}

struct TimedOut: Error {}

/// Waits for a condition, a minute at most.
func wait(until holds: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !holds() {
        guard ContinuousClock.now < deadline else { throw TimedOut() }
        try await Task.sleep(for: .microseconds(200))
    }
}
