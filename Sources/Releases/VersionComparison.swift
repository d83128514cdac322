public import EventLog
internal import Operations
public import ReleasePlans
public import Topics

/// Compares what two versions say of every trip, as their topics on the log have it.
///
/// A partition at a time, so that memory holds the trips of one, and those that move. Compared are
/// the trips that there are when their partition's turn comes; after that, both versions are
/// followed until every one of them is decided or time is over. Reads only.
public struct VersionComparison: Sendable {
    private let log: any EventLog
    private let live: Topic<Tacho_V1_TripScore>
    private let candidate: Topic<Tacho_V1_TripScore>
    private let settle: Duration
    private var diff: VersionDiff

    /// How far a comparison has come.
    public enum Progress: Sendable {
        /// So many of so many offsets are read.
        case reading(done: Int64, total: Int64)
        /// So many trips are not decided yet.
        case settling(moving: Int)
    }

    /// A comparison of a candidate with the live version, or of any two.
    ///
    /// - Parameters:
    ///   - settle: how long trips are followed that the two have at different uploads.
    ///   - examples: trips of a kind that are named.
    public init(
        of candidate: Version, with live: Version, on log: any EventLog,
        settle: Duration = .seconds(10), examples: Int = 10
    ) {
        self.log = log
        self.live = Topics.tripScores(live)
        self.candidate = Topics.tripScores(candidate)
        self.settle = settle
        diff = VersionDiff(live: live, candidate: candidate, examples: examples)
    }

    /// Compares.
    ///
    /// - Parameter progress: told now and then how far it is.
    /// - Throws: `unknownPartition` where a version has no topics.
    public func run(
        progress: (Progress) -> Void = { _ in }
    ) async throws(LogError) -> VersionDiff {
        var diff = diff
        var parts = try await partitions()
        let total = parts.reduce(0) { $0 + $1.offsets }
        var done: Int64 = 0
        for index in parts.indices {
            let offsets = parts[index].offsets
            try await scan(&parts[index]) { progress(.reading(done: done + $0, total: total)) }
            parts[index].trips.settle(into: &diff)
            done += offsets
        }
        parts.removeAll(where: \.trips.isSettled)
        try await follow(&parts, &diff) { progress(.settling(moving: $0)) }
        for index in parts.indices { parts[index].trips.end(into: &diff) }
        return diff
    }

    /// A partition of both topics.
    private struct Part {
        let live: TopicPartition
        let candidate: TopicPartition
        /// What is to be read of each at first, then from where it is followed.
        var ranges: [TopicPartition: Range<Int64>]
        var trips = PartitionDiff()

        var offsets: Int64 { ranges.values.reduce(0) { $0 + Int64($1.count) } }

        mutating func take(_ records: [Record]) {
            trips.take(records.filter { $0.position.topicPartition == live }, of: .live)
            trips.take(records.filter { $0.position.topicPartition == candidate }, of: .candidate)
        }
    }

    /// Records of one read of a scan.
    private static let limit = ReadLimit(records: 4_000)
    /// Between two looks at all trips that move, and the longest wait of a read.
    private static let look = Duration.milliseconds(200)

    private func partitions() async throws(LogError) -> [Part] {
        let ranges = try await log.offsets(of: live.name).merging(
            try await log.offsets(of: candidate.name)
        ) { first, _ in first }
        return Set(ranges.keys.map(\.partition)).sorted().map { number in
            let live = TopicPartition(live.name, number)
            let candidate = TopicPartition(candidate.name, number)
            return Part(
                live: live, candidate: candidate,
                ranges: ranges.filter { $0.key == live || $0.key == candidate })
        }
    }

    private func scan(
        _ part: inout Part, progress: (Int64) -> Void
    ) async throws(LogError) {
        var scan = RangeScan(log, part.ranges, limit: Self.limit)
        while let records = try await scan.next() {
            part.take(records)
            progress(scan.done)
        }
        // What compaction removed meanwhile has its successor before the ends as they are now:
        // only behind them progress tells that nothing was said of a trip.
        for source in [part.live, part.candidate] {
            guard let range = part.ranges[source] else { continue }
            let end = try await log.offsets(of: source.topic)[source]?.upperBound ?? 0
            part.ranges[source] = range.upperBound..<max(end, range.upperBound)
        }
        scan = RangeScan(log, part.ranges, limit: Self.limit)
        while let records = try await scan.next() { part.take(records) }
    }

    /// Reads on until no trip moves, or time is over.
    private func follow(
        _ parts: inout [Part], _ diff: inout VersionDiff, progress: (Int) -> Void
    ) async throws(LogError) {
        let end = ContinuousClock.now + settle
        var next = parts.reduce(into: [TopicPartition: Int64]()) { next, part in
            for (source, range) in part.ranges { next[source] = range.upperBound }
        }
        var index: [Int: Int] = [:]
        for (place, part) in parts.enumerated() { index[part.live.partition] = place }
        var looked = ContinuousClock.now
        while parts.contains(where: { !$0.trips.isSettled }), !Task.isCancelled {
            let left = end - .now
            guard left > .zero else { break }
            let records = try await log.read(
                from: next, limit: Self.limit, wait: min(left, Self.look))
            for (number, records) in Dictionary(
                grouping: records, by: \.position.topicPartition.partition)
            {
                guard let place = index[number] else { continue }
                parts[place].take(records)
                parts[place].trips.settle(records, into: &diff)
            }
            for record in records {
                next[record.position.topicPartition] = record.position.offset + 1
            }
            // Progress decides of trips that no record is of.
            guard ContinuousClock.now - looked >= Self.look else { continue }
            looked = .now
            for place in parts.indices {
                parts[place].trips.settle(into: &diff)
                guard parts[place].trips.isSettled else { continue }
                next[parts[place].live] = nil
                next[parts[place].candidate] = nil
            }
            progress(parts.reduce(0) { $0 + $1.trips.moving })
        }
        for place in parts.indices { parts[place].trips.settle(into: &diff) }
    }
}
