import EventLog
import Foundation
import KafkaBroker
import KafkaLog
import Topics
import Trips

/// Figures of the roles on a Kafka cluster, and of the programs in C that are their ceilings.
struct KafkaFigures {
    private let log: KafkaLog
    private static let version = Version.first

    /// - Parameter prefix: of all topics and groups.
    init(_ brokers: String, prefix: String) throws {
        var options = KafkaLog.Options(brokers: brokers)
        options.prefix = prefix
        log = try KafkaLog(options: options)
    }

    /// Starts a broker, or finds the one that `TACHO_TEST_BROKERS` names, prints its address and a
    /// prefix that is cleaned up afterwards, and ends with whoever started it.
    static func serve() throws {
        let broker = try Broker.shared()
        signal(SIGTERM) { _ in exit(0) }
        FileHandle.standardOutput.write(Data("\(broker.addresses) \(Broker.prefix())\n".utf8))
        while true { pause() }
    }

    /// Makes the topics of uploads, and those that the ceiling writes to.
    func makeTopics() async throws {
        try await log.create(Topics.sources(partitions: Topics.defaultPartitions))
        try await log.create(
            ["ceiling-scores", "ceiling-events"].compactMap(TopicName.init).map {
                TopicSpecification(name: $0, partitions: Topics.defaultPartitions)
            })
    }

    /// Writes the uploads of trips that are all under way at once.
    func fill(trips: Int) async throws {
        try await makeTopics()
        try await Filling.fill(log, trips: trips)
        await log.close()
    }

    /// Runs a worker until its group has read all uploads, and reports the CPU time of its whole
    /// life.
    func work(_ name: String, group: String, command: [String]) async throws {
        let (ends, uploads, points) = try await uploads()
        let child = try Child(command)
        while try await log.committed(group: group).filter({ ends[$0.key] != nil }) != ends {
            try child.mustRun()
            try await Task.sleep(for: .milliseconds(50))
        }
        let seconds = try child.end()
        Measure.report(
            name, "points", points, seconds,
            load: "\(points) points in \(uploads) uploads, \(Topics.defaultPartitions) partitions")
        await log.close()
    }

    /// Runs a program that reads all uploads and ends, and reports the CPU time of its whole life.
    func consume(_ name: String, command: [String]) async throws {
        let (_, uploads, points) = try await uploads()
        let seconds = try Child(command).wait()
        Measure.report(
            name, "points", points, seconds,
            load: "\(points) points in \(uploads) uploads, \(Topics.defaultPartitions) partitions")
        await log.close()
    }

    /// Prints what the scorer wrote as the ceiling takes it: bytes of a score and of an event, and
    /// events in a million points; and, for people, how many records there were of each.
    func outputs() async throws {
        let points = try await uploads().points
        var scores = (count: 0, bytes: 0)
        var events = (count: 0, bytes: 0)
        var progress = 0
        try await each(of: Topics.tripScores(Self.version).name) { record in
            if record.key == Array(Topics.progressKey.utf8) {
                progress += 1
            } else {
                scores = (scores.count + 1, scores.bytes + (record.value?.count ?? 0))
            }
        }
        try await each(of: Topics.pointsOfInterest(Self.version).name) { record in
            events = (events.count + 1, events.bytes + (record.value?.count ?? 0))
        }
        print(
            scores.bytes / max(scores.count, 1), events.bytes / max(events.count, 1),
            events.count * 1_000_000 / points)
        say("\(scores.count) scores, \(events.count) events, \(progress) progress records")
        await log.close()
    }

    /// Fails where what two gateways wrote of ``ServerFigures/sample()`` is not the same to the
    /// byte, or cannot be read.
    func mustMatch(_ other: KafkaFigures) async throws {
        var ours: [[UInt8]: [[UInt8]]] = [:]
        var theirs: [[UInt8]: [[UInt8]]] = [:]
        var points = 0
        func isSample(_ record: Record) -> Bool { record.key.starts(with: "sample-".utf8) }
        try await each(of: Topics.tripUploads.name) { record in
            guard isSample(record) else { return }
            ours[record.key, default: []].append(record.value ?? [])
        }
        try await other.each(of: Topics.tripUploads.name) { record in
            guard isSample(record) else { return }
            let upload = try Topics.tripUploads.decode(record.value ?? [])
            if case .points(let batch) = upload.content { points += batch.count }
            theirs[record.key, default: []].append(record.value ?? [])
        }
        guard points > 0 else { throw Failed("the ceiling took no points") }
        guard ours == theirs else {
            for (key, values) in ours where theirs[key] != values {
                say("\(String(decoding: key, as: UTF8.self)) differs")
            }
            throw Failed("the ceiling writes other uploads than the gateway")
        }
        say("\(points) points are the same")
        await log.close()
        await other.log.close()
    }

    /// Where the uploads end, how many they are, and their points.
    private func uploads() async throws -> (
        ends: [TopicPartition: Int64], count: Int, points: Int
    ) {
        var ends: [TopicPartition: Int64] = [:]
        var (count, points) = (0, 0)
        try await each(of: Topics.tripUploads.name) { record in
            ends[record.position.topicPartition] = record.position.offset + 1
            count += 1
            let upload = try Topics.tripUploads.decode(record.value ?? [])
            if case .points(let batch) = upload.content { points += batch.count }
        }
        return (ends, count, points)
    }

    /// Passes all records of a topic.
    private func each(of topic: TopicName, _ body: (Record) throws -> Void) async throws {
        let ranges = try await log.offsets(of: topic).filter { !$0.value.isEmpty }
        var next = ranges.mapValues(\.lowerBound)
        while !next.isEmpty {
            // Behind the last record may lie the marker of its transaction, which nobody is shown.
            let isNear = ranges.allSatisfy { next[$0.key] ?? 0 >= $0.value.upperBound - 1 }
            let records = try await log.read(
                from: next, limit: ReadLimit(),
                wait: isNear ? .milliseconds(500) : .seconds(10))
            guard !records.isEmpty else { return }
            for record in records {
                try body(record)
                next[record.position.topicPartition] = record.position.offset + 1
            }
        }
    }

    private func say(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
