import EmbeddedLog
import EventLog
import Foundation
import Pipeline
import Projection
import Reader
import Scoring
import Synchronization
import Topics
import Trips

/// Figures of the workers on a log of its own, laid out as an installation's data directory.
struct LogFigures {
    private let directory: String
    private let log: EmbeddedLog
    private let version = Version.first

    init(_ directory: String) throws {
        self.directory = directory
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        log = try EmbeddedLog(path: "\(directory)/log.sqlite")
    }

    /// Writes the uploads of trips of half an hour, all of them under way at once.
    func fill(trips: Int, users: Int) async throws {
        try await log.create(Topics.sources(partitions: Topics.defaultPartitions))
        try await log.create(Topics.derived(version, partitions: Topics.defaultPartitions))
        try await Filling.fill(log, trips: trips, users: users)
        await log.close()
    }

    /// What the scorer cannot do without: the same records, read in batches of the same size and
    /// decoded.
    func read() async throws {
        let start = Measure.ownSeconds()
        var next = try await log.offsets(of: Topics.tripUploads.name).mapValues(\.lowerBound)
        var points = 0
        let limit = ScorerSettings(version: version, rules: .standard, member: "bench").batch
        while true {
            let records = try await log.read(from: next, limit: limit, wait: .zero)
            guard !records.isEmpty else { break }
            for record in records {
                next[record.position.topicPartition] = record.position.offset + 1
                let upload = try Topics.tripUploads.decode(record.value ?? [])
                if case .points(let batch) = upload.content { points += batch.count }
            }
        }
        let seconds = Measure.ownSeconds() - start
        Measure.report("Log read and decode", "points", points, seconds, load: load(points))
        await log.close()
    }

    func score(_ name: String = "Scorer from the log") async throws {
        let ends = try await log.offsets(of: Topics.tripUploads.name)
        let uploads = ends.values.reduce(0) { $0 + Int($1.count) }
        let wanted = ends.filter { !$0.value.isEmpty }.mapValues(\.upperBound)
        let scorer = Scorer(
            log: log,
            settings: ScorerSettings(
                version: version, rules: .standard, member: "bench",
                indexPath: "\(directory)/scorer.\(version).sqlite"),
            now: { systemMilliseconds() })
        let seconds = try await seconds {
            try await scorer.run()
        } until: {
            try await log.committed(group: version.scorerGroup).filter { $0.value > 0 } == wanted
        }
        let points = uploads * Filling.pointsPerUpload
        Measure.report(name, "points", points, seconds, load: load(points))
        await log.close()
    }

    func project() async throws {
        var ends: [TopicPartition: Int64] = [:]
        for topic in [Topics.tripUploads.name, Topics.tripScores(version).name] {
            for (source, range) in try await log.offsets(of: topic) where !range.isEmpty {
                ends[source] = range.upperBound
            }
        }
        let rows = try await rowCount()
        let projection = try Projection(directory: directory, version: version)
        let projector = Projector(log: log, projection: projection, now: { systemMilliseconds() })
        let wanted = ends
        let seconds = try await seconds {
            try await projector.run()
        } until: {
            projection.positions.filter { $0.value > 0 } == wanted
        }
        Measure.report(
            "Projection", "rows", rows.blocks + rows.scores, seconds,
            load: "\(rows.blocks) uploads, \(rows.scores) scores")
        await log.close()
    }

    /// Records that become rows: all but progress.
    private func rowCount() async throws -> (blocks: Int, scores: Int) {
        let blocks = try await log.offsets(of: Topics.tripUploads.name)
            .values.reduce(0) { $0 + Int($1.count) }
        var next = try await log.offsets(of: Topics.tripScores(version).name)
            .mapValues(\.lowerBound)
        var scores = 0
        while true {
            let records = try await log.read(from: next, limit: ReadLimit(), wait: .zero)
            guard !records.isEmpty else { return (blocks, scores) }
            for record in records {
                next[record.position.topicPartition] = record.position.offset + 1
                if record.key != Array(Topics.progressKey.utf8) { scores += 1 }
            }
        }
    }

    /// CPU seconds of a worker until it has caught up.
    private func seconds(
        of worker: @escaping @Sendable () async throws -> Void,
        until isDone: @escaping @Sendable () async throws -> Bool
    ) async throws -> Double {
        let start = Measure.ownSeconds()
        return try await withThrowingTaskGroup(of: Double.self) { group in
            group.addTask {
                try await worker()
                throw Failed("the worker ended by itself")
            }
            group.addTask {
                while try await !isDone() { try await Task.sleep(for: .milliseconds(50)) }
                return Measure.ownSeconds() - start
            }
            guard let seconds = try await group.next() else { throw Failed("nothing ran") }
            group.cancelAll()
            return seconds
        }
    }

    private func load(_ points: Int) -> String {
        let trips = points / Filling.pointsPerUpload / Filling.uploadsPerTrip
        return
            "\(points) points of \(trips) trips, \(min(trips, Filling.atOnce)) at once, 60 an upload, "
            + "\(Topics.defaultPartitions) partitions"
    }
}
