internal import EventLog
internal import Synchronization
internal import Topics

/// A partition on its way to being as the log says, step by step.
struct Restoration {
    /// What is done next.
    enum Phase {
        /// Waits until nothing that others have written is undecided.
        case deciding(Decision)
        /// Reads what the index has not seen of the version's own records.
        case indexing(PartitionScan)
        /// Takes over from the base version what is not scored again.
        case seeding(Seeding)
        /// Reads the uploads of the trips in progress.
        case warming(Loading)
    }

    /// The partition of uploads.
    let source: TopicPartition
    /// The next offset to consume: all before it has been said.
    var offset: Int64
    /// Where the partition is to be seeded: the first offset that is scored.
    var start: Int64?
    var phase: Phase

    init(source: TopicPartition, offset: Int64, decision: Decision) {
        self.source = source
        self.offset = offset
        phase = .deciding(decision)
    }
}

/// Asks, beside everything else, where a version's scores end once all is decided, and which
/// partitions are still to be seeded.
final class Decision: Sendable {
    private let result: Answer
    private let task: Task<Void, Never>

    /// What was asked.
    struct Found {
        /// For each partition of the version's scores, what can be read.
        var scores: [TopicPartition: Range<Int64>] = [:]
        /// For each partition of uploads that is to be seeded, the first offset that is scored.
        var starts: [TopicPartition: Int64] = [:]
        /// Where there may be such: the next offsets committed.
        var committed: [TopicPartition: Int64] = [:]
    }

    /// Begins to ask.
    init(for settings: ScorerSettings, on log: any EventLog) {
        let result = Answer()
        self.result = result
        task = Task {
            do throws(LogError) {
                let topic = Topics.tripScores(settings.version).name
                var found = Found()
                let ends = try await log.decidedOffsets(of: topic)
                let firsts = try await log.offsets(of: topic).mapValues(\.lowerBound)
                for (source, end) in ends {
                    let first = firsts[source] ?? 0
                    found.scores[source] = first..<max(first, end)
                }
                if !settings.starts.isEmpty, settings.base != nil {
                    found.committed = try await log.committed(group: settings.version.scorerGroup)
                    let uploads = try await log.offsets(of: Topics.tripUploads.name)
                    found.starts = CandidateStarts.due(
                        settings.starts, uploads: uploads, committed: found.committed)
                }
                result.set(.success(found))
            } catch {
                result.set(.failure(error))
            }
        }
    }

    deinit { task.cancel() }

    /// What can be read, or nil while it is not known.
    func outcome() throws(LogError) -> Found? { try result.get() }

    private final class Answer: Sendable {
        private let result = Mutex<Result<Found, LogError>?>(nil)

        func set(_ new: Result<Found, LogError>) { result.withLock { $0 = new } }
        func get() throws(LogError) -> Found? { try result.withLock { $0 }?.get() }
    }
}

/// Trips that are restored by one scan of their uploads, batch by batch.
struct Loading {
    /// The trips.
    let entries: [TripIndex.Entry]
    private let keys: Set<[UInt8]>
    private var scan: PartitionScan

    /// - Parameter end: the next offset to consume.
    init(
        _ log: any EventLog, _ entries: [TripIndex.Entry], _ partition: Int, before end: Int64
    ) {
        self.entries = entries
        keys = Set(entries.map { Array($0.trip.utf8) })
        let first = entries.map(\.firstUpload).min() ?? end
        // Uploads of a trip from its last one on changed nothing: they need not be read.
        let last = entries.map(\.lastUpload).max() ?? -1
        scan = PartitionScan(
            log, TopicPartition(Topics.tripUploads.name, partition),
            first..<max(first, min(last + 1, end)))
    }

    /// Restores what the next batch says; false once the trips are whole.
    mutating func next(into scorer: inout PartitionScorer?) async throws -> Bool {
        guard let records = try await scan.next() else {
            scorer?.settle(entries)
            return false
        }
        for record in records where keys.contains(record.key) { scorer?.restore(record) }
        return true
    }
}
