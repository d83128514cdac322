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
        /// Reads the uploads of the trips in progress.
        case warming(Loading)
    }

    /// The partition of uploads.
    let source: TopicPartition
    /// The next offset to consume: all before it has been said.
    let offset: Int64
    var phase: Phase

    init(source: TopicPartition, offset: Int64, decision: Decision) {
        self.source = source
        self.offset = offset
        phase = .deciding(decision)
    }
}

/// Asks, beside everything else, where a topic's partitions end once all is decided.
final class Decision: Sendable {
    private let result: Answer
    private let task: Task<Void, Never>

    /// Begins to ask.
    init(of topic: TopicName, on log: any EventLog) {
        let result = Answer()
        self.result = result
        task = Task {
            do throws(LogError) {
                let ends = try await log.decidedOffsets(of: topic)
                let starts = try await log.offsets(of: topic).mapValues(\.lowerBound)
                result.set(
                    .success(
                        ends.reduce(into: [:]) { ranges, end in
                            let start = starts[end.key] ?? 0
                            ranges[end.key] = start..<max(start, end.value)
                        }))
            } catch {
                result.set(.failure(error))
            }
        }
    }

    deinit { task.cancel() }

    /// What can be read, or nil while it is not known.
    func outcome() throws(LogError) -> [TopicPartition: Range<Int64>]? { try result.get() }

    private final class Answer: Sendable {
        private let result = Mutex<Result<[TopicPartition: Range<Int64>], LogError>?>(nil)

        func set(_ new: Result<[TopicPartition: Range<Int64>], LogError>) {
            result.withLock { $0 = new }
        }
        func get() throws(LogError) -> [TopicPartition: Range<Int64>]? {
            try result.withLock { $0 }?.get()
        }
    }
}

/// Trips that are restored by one scan of their uploads, batch by batch.
struct Loading {
    /// The trips.
    let trips: [String]
    private let keys: Set<[UInt8]>
    private var scan: PartitionScan

    /// - Parameter end: the next offset to consume.
    init(
        _ log: any EventLog, _ entries: [TripIndex.Entry], _ partition: Int, before end: Int64
    ) {
        trips = entries.map(\.trip)
        keys = Set(trips.map { Array($0.utf8) })
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
            scorer?.settle(trips)
            return false
        }
        for record in records where keys.contains(record.key) { scorer?.restore(record) }
        return true
    }
}
