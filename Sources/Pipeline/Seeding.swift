public import EventLog
internal import Topics

/// How a candidate with a later start takes over what it does not score again, a partition at a
/// time.
///
/// Read are the base version's scores, to their end and until its progress has passed the start;
/// what came of each read is committed. A crash repeats it, and the last record of every key is
/// the same.
struct Seeding {
    /// The first upload that the candidate scores.
    let start: Int64
    private let log: any EventLog
    private let takeover: Takeover
    private let source: TopicPartition
    private var next: Int64 = 0
    private var progress: Int64 = -1
    private var nextLook = ContinuousClock.Instant.now
    /// The last looks in a row that found nothing.
    private var looks = 0

    /// What the base has for the candidate.
    enum Turn {
        /// Records to be taken over, the last of each trip.
        case records([Record])
        /// Nothing now: the base is not there yet.
        case waiting
        /// Nothing more: all is taken over.
        case done
    }

    init(
        _ log: any EventLog, from base: Version, to version: Version, _ partition: Int,
        at start: Int64
    ) {
        self.log = log
        self.start = start
        takeover = Takeover(from: base, to: version, partition: partition, start: start)
        source = TopicPartition(Topics.tripScores(base).name, partition)
    }

    /// Reads on.
    mutating func next(limit: ReadLimit) async throws -> Turn {
        guard .now >= nextLook else { return .waiting }
        let records: [Record]
        do throws(LogError) {
            records = try await log.read(from: [source: next], limit: limit, wait: .zero)
        } catch {
            guard case .offsetOutOfRange(_, let available) = error, available.lowerBound > next
            else { throw error }
            next = available.lowerBound
            return .records([])
        }
        guard let last = records.last else {
            // Where a read finds nothing, the last record of every trip has been read: one that
            // compaction took away before it was, was not the last.
            if progress >= start { return .done }
            looks = min(looks + 1, Self.longestWait)
            nextLook = .now + .milliseconds(10 * looks)
            return .waiting
        }
        looks = 0
        next = last.position.offset + 1
        return .records(lastOfEach(records))
    }

    /// So many times 10 ms between two looks at a base that is not there yet.
    private static let longestWait = 50

    private mutating func lastOfEach(_ records: [Record]) -> [Record] {
        var last: [[UInt8]: Int] = [:]
        for (index, record) in records.enumerated() { last[record.key] = index }
        var trips: [Record] = []
        for index in last.values.sorted() {
            let record = records[index]
            guard record.isProgress else {
                trips.append(record)
                continue
            }
            let said = record.value.flatMap { try? Topics.progress(.first).decode($0) }
            progress = max(progress, said?.nextOffset ?? -1)
        }
        return trips
    }

    /// What the candidate says of these trips of the base's.
    ///
    /// - Parameter known: the events that it has taken over of a trip, by id, as far as it has.
    func outputs(for records: [Record], known: (String) throws -> [String]?) rethrows -> [NewRecord]
    {
        try records.flatMap { record in
            let trip = String(decoding: record.key, as: UTF8.self)
            return takeover.records(for: record, trip: trip, known: try known(trip))
        }
    }
}

/// Which partitions of a candidate have not yet taken over what it does not score again.
public enum CandidateStarts {
    /// For each partition that is still to be seeded, the first offset that the candidate scores.
    ///
    /// Due is one that begins behind the first upload kept, until its group has committed more than
    /// 0: it commits nothing before its scorers come to the partition, and 0 while they seed it.
    ///
    /// - Parameters:
    ///   - starts: where the candidate begins, a partition.
    ///   - uploads: for each partition of uploads, the first offset kept and the next one.
    ///   - committed: the next offsets that the candidate's group has committed.
    public static func due(
        _ starts: [Int: Int64], uploads: [TopicPartition: Range<Int64>],
        committed: [TopicPartition: Int64]
    ) -> [TopicPartition: Int64] {
        var due: [TopicPartition: Int64] = [:]
        for (source, range) in uploads {
            guard let start = starts[source.partition].map({ min($0, range.upperBound) }),
                start > range.lowerBound, committed[source] ?? 0 == 0
            else { continue }
            due[source] = start
        }
        return due
    }
}
