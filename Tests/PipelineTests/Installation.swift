import EmbeddedLog
import EventLog
import Foundation
import KafkaBroker
import KafkaLog
import Pipeline
import Scoring
import Topics
import Trips

/// What keeps the log of a test.
enum Engine: CaseIterable {
    case embedded, kafka
}

/// A log of its own in a directory of its own, gone when the test is over.
final class Installation: Sendable {
    let folder: URL
    let log: any EventLog
    static let partitions = 4

    init(
        _ engine: Engine = .embedded, versions: [Int] = [1], options: EmbeddedLog.Options = .init(),
        now: @escaping @Sendable () -> Int64 = { systemMilliseconds() }
    ) async throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "tacho-pipeline-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        switch engine {
        case .embedded:
            log = try EmbeddedLog(
                path: folder.appending(path: "log.sqlite").path, options: options, now: now)
        case .kafka:
            var options = KafkaLog.Options(brokers: try Broker.shared().addresses)
            options.prefix = Broker.prefix()
            log = try KafkaLog(options: options)
        }
        try await log.create(Topics.sources(partitions: Self.partitions))
        for version in versions {
            try await log.create(Topics.derived(Self.version(version), partitions: Self.partitions))
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The directory's own log.
    var embedded: EmbeddedLog {
        guard let embedded = log as? EmbeddedLog else { preconditionFailure("on a cluster") }
        return embedded
    }

    static func version(_ number: Int) -> Version {
        guard let version = Version(number) else { preconditionFailure("version \(number)") }
        return version
    }

    func settings(_ version: Int, batch: Int = 256) -> ScorerSettings {
        var settings = ScorerSettings(
            version: Self.version(version), rules: .standard, member: "test",
            indexPath: folder.appending(path: "index.v\(version).sqlite").path)
        settings.batch.records = batch
        settings.catchUpBatch = nil
        settings.pollWait = .milliseconds(20)
        return settings
    }

    @discardableResult
    func append(_ trip: String, _ upload: Upload) async throws -> Position {
        let partition = Partitioner.partition(of: Array(trip.utf8), count: Self.partitions)
        let record = Topics.tripUploads.record(partition: partition, key: trip, value: upload)
        return try await log.append([record])[0]
    }

    /// Runs a scorer until it has committed everything, then stops it.
    func score(_ settings: ScorerSettings, on log: (any EventLog)? = nil) async throws {
        let scorer = Scorer(log: log ?? self.log, settings: settings, now: { systemMilliseconds() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await scorer.run() }
            group.addTask {
                try await self.wait { try await self.isCaughtUp(settings.version) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    func isCaughtUp(_ version: Version) async throws -> Bool {
        let committed = try await log.committed(group: version.scorerGroup)
        return try await log.offsets(of: Topics.tripUploads.name).allSatisfy {
            $1.upperBound == 0 || committed[$0] == $1.upperBound
        }
    }

    /// Waits for a condition, a minute at most.
    func wait(until holds: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !holds() {
            guard ContinuousClock.now < deadline else { throw TimedOut() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    struct TimedOut: Error {}

    /// Every record of a topic, by partition and offset.
    func records(of topic: TopicName) async throws -> [Record] {
        let ranges = try await log.offsets(of: topic)
        var next = ranges.mapValues(\.lowerBound)
        var records: [Record] = []
        while next.contains(where: { $1 < ranges[$0]?.upperBound ?? 0 }) {
            let more = try await log.read(from: next, limit: ReadLimit(), wait: .zero)
            // The last offsets of a cluster's partition may be marks of transactions.
            if more.isEmpty { break }
            for record in more {
                next[record.position.topicPartition] = record.position.offset + 1
                records.append(record)
            }
        }
        return records.sorted {
            ($0.position.topicPartition, $0.position.offset)
                < ($1.position.topicPartition, $1.position.offset)
        }
    }

    /// What a version says, as the design compares it: the last value of every key, without
    /// progress.
    func results(_ version: Int) async throws -> [String: [UInt8]] {
        var last: [String: [UInt8]] = [:]
        let version = Self.version(version)
        let topics = [Topics.tripScores(version).name, Topics.pointsOfInterest(version).name]
        for (index, topic) in topics.enumerated() {
            for record in try await records(of: topic)
            where record.key != Array(Topics.progressKey.utf8) {
                last["\(index) " + String(decoding: record.key, as: UTF8.self)] = record.value
            }
        }
        return last
    }

    /// The dead letters of a version, as `partition@offset reason` of their origins.
    func deadLetters(_ version: Int) async throws -> [String] {
        try await records(of: Topics.deadLetters(Self.version(version))).map { record in
            func text(_ name: String) -> String {
                String(decoding: record.header(name) ?? [], as: UTF8.self)
            }
            return "\(text(DeadLetterHeader.partition))@\(text(DeadLetterHeader.offset)) "
                + text(DeadLetterHeader.exception)
        }.sorted()
    }
}
