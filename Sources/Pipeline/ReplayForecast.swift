public import EventLog
public import Scoring
public import Topics
internal import Trips

/// What a replay would read, take over and write, and how fast uploads are scored here.
///
/// Looked up on the log; nothing is changed.
public struct ReplayForecast: Equatable, Sendable {
    /// One partition of uploads.
    public struct Partition: Equatable, Sendable {
        /// Its number.
        public let partition: Int
        /// The first offset that is scored.
        public let start: Int64
        /// The offset behind the last upload there is.
        public let end: Int64
        /// Trips that are taken over as they are.
        public internal(set) var takenOver = 0
        /// Events of these.
        public internal(set) var events = 0
        /// Trips with uploads on both sides of the start, that are scored whole.
        public internal(set) var straddling = 0
        /// Uploads before the start that may be read again for them.
        public internal(set) var readAgain: Int64 = 0

        /// Uploads to score, as offsets count them.
        public var uploads: Int64 { end - start }
    }

    /// What was scored in memory to know how fast it goes.
    public struct Sample: Equatable, Sendable {
        /// Uploads scored.
        public internal(set) var uploads = 0
        /// Bytes of their keys and values.
        public internal(set) var bytes = 0
        /// Points in them.
        public internal(set) var points = 0
        /// How long it took to read, decode and score them and to encode what comes of it, in
        /// seconds; nothing was written.
        public internal(set) var seconds = 0.0

        /// Uploads a second of one worker.
        public var rate: Double? {
            uploads > 0 && seconds > 0 ? Double(uploads) / seconds : nil
        }
    }

    /// Partitions of uploads by number.
    public internal(set) var partitions: [Partition] = []
    /// What was scored to know the rate.
    public internal(set) var sample = Sample()

    /// Uploads to score.
    public var uploads: Int64 { partitions.reduce(0) { $0 + $1.uploads } }

    /// Bytes of uploads to read, about: the sample's mean.
    public func bytes(of uploads: Int64) -> Int64 {
        sample.uploads == 0
            ? 0 : Int64(Double(uploads) * Double(sample.bytes) / Double(sample.uploads))
    }

    /// How long one worker takes for the uploads, in seconds; nil where there is nothing to go by.
    ///
    /// - Parameter pace: uploads a second at most; 0 is no limit.
    public func seconds(pace: Int) -> Double? {
        guard uploads > 0 else { return 0 }
        guard let rate = sample.rate else { return nil }
        return Double(uploads) / (pace > 0 ? min(rate, Double(pace)) : rate)
    }

    /// Looks.
    ///
    /// - Parameters:
    ///   - starts: where the candidate begins, a partition; those left out at the first upload.
    ///   - base: the version that the others are taken over from.
    ///   - told: told of partitions looked at, and of how many there are.
    public init(
        on log: any EventLog, starts: [Int: Int64], base: Version?, rules: RuleSet,
        told: (Int, Int) -> Void = { _, _ in }
    ) async throws {
        let uploads = try await log.offsets(of: Topics.tripUploads.name)
        let settings = ScorerSettings(version: base ?? .first, rules: rules, member: "forecast")
        for (source, range) in uploads.sorted(by: { $0.key < $1.key }) {
            let wanted = starts[source.partition] ?? range.lowerBound
            let start = min(max(wanted, range.lowerBound), range.upperBound)
            var partition = Partition(
                partition: source.partition, start: start, end: range.upperBound)
            if let base, start > range.lowerBound {
                try await Self.survey(&partition, from: range.lowerBound, of: base, on: log)
            }
            partitions.append(partition)
            let share = max(Self.leastSample, Self.sampleUploads / uploads.count)
            try await take(share, of: partition, source, settings, log)
            told(partitions.count, uploads.count)
        }
    }

    /// Uploads that are scored to know the rate, of all partitions.
    private static let sampleUploads = 4_000
    /// Uploads of one partition that are scored at least.
    private static let leastSample = 20

    private static func survey(
        _ partition: inout Partition, from first: Int64, of base: Version, on log: any EventLog
    ) async throws {
        let topic = Topics.tripScores(base)
        let source = TopicPartition(topic.name, partition.partition)
        guard let range = try await log.offsets(of: topic.name)[source] else { return }
        var scan = PartitionScan(log, source, range)
        // The last word of each trip of one partition: the first and last upload, and its events.
        var trips: [[UInt8]: (first: Int64, isWhole: Bool, events: Int)] = [:]
        while let records = try await scan.next() {
            for record in records {
                let standing = Takeover.standing(of: record, before: partition.start)
                guard let standing else {
                    trips[record.key] = nil
                    continue
                }
                let events =
                    standing.isStraddling
                    ? 0 : record.value.flatMap { try? topic.decode($0).events.count } ?? 0
                trips[record.key] = (standing.first, !standing.isStraddling, events)
            }
        }
        var earliest = partition.start
        for trip in trips.values {
            partition.takenOver += trip.isWhole ? 1 : 0
            partition.straddling += trip.isWhole ? 0 : 1
            partition.events += trip.events
            if !trip.isWhole { earliest = min(earliest, max(first, trip.first)) }
        }
        partition.readAgain = partition.start - earliest
    }

    /// Scores the first uploads of the partition's in memory.
    private mutating func take(
        _ count: Int, of partition: Partition, _ source: TopicPartition,
        _ settings: ScorerSettings, _ log: any EventLog
    ) async throws {
        guard partition.uploads > 0 else { return }
        let began = ContinuousClock.now
        var scorer = PartitionScorer(partition: source.partition, settings: settings)
        let records = try await log.read(
            from: [source: partition.start], limit: ReadLimit(records: count), wait: .zero
        ).filter { $0.position.offset < partition.end }
        for record in records { scorer.absorb(record) }
        sample.points += scorer.pointsTaken
        _ = scorer.outputs(nextOffset: partition.end)
        sample.seconds += (ContinuousClock.now - began) / .seconds(1)
        sample.uploads += records.count
        sample.bytes += records.reduce(0) { $0 + $1.key.count + ($1.value?.count ?? 0) }
    }
}
