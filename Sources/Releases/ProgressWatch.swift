public import EventLog
internal import Operations
public import ReleasePlans
internal import Topics

/// Follows how far a version's scorers are, by the progress that they write together with what
/// they score.
public struct ProgressWatch {
    private let version: ReleasedVersion
    private let log: any EventLog
    /// The next upload of each partition, as the last progress says.
    private var progress: [TopicPartition: Int64] = [:]
    /// Up to where each partition of scores was read.
    private var seen: [TopicPartition: Int64] = [:]

    /// Records at the end of a partition that are looked through first: a transaction ends with
    /// its progress.
    private static let window: Int64 = 64

    /// Of a version on a log.
    public init(of version: ReleasedVersion, on log: any EventLog) {
        self.version = version
        self.log = log
    }

    /// Looks how far they are.
    ///
    /// - Parameter now: the time in epoch milliseconds.
    public mutating func look(now: Int64) async throws(LogError) -> Standing {
        let written = try await findProgress()
        let uploads = Topics.tripUploads.name
        let group = ConsumerGroup.scorers(of: version.version)
        var positions: [TopicPartition: Int64] = [:]
        var unseeded: [Int] = []
        let starts = version.starts
        for (source, range) in try await log.offsets(of: uploads) {
            guard let start = starts[source.partition] else { continue }
            positions[source] = start
            // Where it begins with the first upload kept, there is nothing to take over.
            let scores = TopicPartition(Topics.tripScores(version.version).name, source.partition)
            let due = min(start, range.upperBound)
            if due > range.lowerBound, progress[scores] ?? -1 < due {
                unseeded.append(source.partition)
            }
        }
        for (scores, next) in progress {
            positions[TopicPartition(uploads, scores.partition)] = next
        }
        let lag = try await GroupLag(
            of: group, at: positions, on: log, topics: [uploads], now: now)
        let members = try await log.groups().first { $0.name == group.name }?.members.count ?? 0
        return Standing(
            partitions: Dictionary(
                uniqueKeysWithValues: lag.partitions.map { source, partition in
                    (
                        source.partition,
                        .init(
                            position: partition.position, left: partition.records,
                            lagSeconds: lag.seconds(of: partition))
                    )
                }),
            ends: Dictionary(
                uniqueKeysWithValues: lag.partitions.map { ($0.partition, $1.end) }),
            unseeded: unseeded.sorted(), members: members, written: written)
    }

    /// Reads the last progress of each partition from its end backward, as far as it was not read
    /// before.
    ///
    /// - Returns: records that the scorers wrote, counted by offsets.
    private mutating func findProgress() async throws(LogError) -> Int64 {
        let topic = Topics.tripScores(version.version).name
        let ranges: [TopicPartition: Range<Int64>]
        do throws(LogError) {
            ranges = try await log.offsets(of: topic)
        } catch {
            guard case .unknownPartition = error else { throw error }
            return 0
        }
        var rest: [TopicPartition: Range<Int64>] = [:]
        for (source, range) in ranges {
            let start = max(range.lowerBound, seen[source] ?? 0)
            if start < range.upperBound { rest[source] = start..<range.upperBound }
        }
        var window = Self.window
        while !rest.isEmpty {
            var scan = RangeScan(
                log, rest.mapValues { max($0.lowerBound, $0.upperBound - window)..<$0.upperBound })
            var found: Set<TopicPartition> = []
            while let records = try await scan.next() {
                for record in records {
                    let source = record.position.topicPartition
                    // Not up to the end asked for: a transaction may be open before it.
                    seen[source] = max(seen[source] ?? 0, record.position.offset + 1)
                    guard record.isProgress, let next = record.progress(of: version) else {
                        continue
                    }
                    progress[source] = max(progress[source] ?? 0, next)
                    found.insert(source)
                }
            }
            rest = rest.filter { !found.contains($0.key) && $0.value.count > window }
                .mapValues { $0.lowerBound..<$0.upperBound - window }
            window *= 8
        }
        return ranges.values.reduce(0) { $0 + $1.upperBound }
    }
}

extension Record {
    /// The next upload that the progress names.
    fileprivate func progress(of version: ReleasedVersion) -> Int64? {
        guard let value else { return nil }
        return try? Topics.progress(version.version).decode(value).nextOffset
    }
}
