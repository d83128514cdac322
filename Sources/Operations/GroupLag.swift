public import EventLog

/// How far a group is behind the topics that it follows.
public struct GroupLag: Equatable, Sendable {
    /// How far it is in one partition.
    public struct Partition: Equatable, Sendable {
        /// The next offset that it will consume: the one committed, else the first one kept.
        public var position: Int64
        /// The offset that the next record will get.
        public var end: Int64
        /// Records left to consume, counted by offsets; 0 where no record is left, though offsets
        /// are, as those that a cluster's transactions take.
        public var records: Int64
        /// When the log took the oldest record left, in epoch milliseconds; nil where none is.
        public var oldestMilliseconds: Int64?
    }

    /// The group.
    public let group: ConsumerGroup
    /// Its partitions.
    public let partitions: [TopicPartition: Partition]
    private let now: Int64

    /// Records left in all partitions.
    public var records: Int64 { partitions.values.reduce(0) { $0 + $1.records } }

    /// Seconds since the log took the oldest record left; 0 where none is.
    public var seconds: Double {
        partitions.values.map { seconds(of: $0) }.max() ?? 0
    }

    /// Seconds since the log took the oldest record left in a partition; 0 where none is.
    public func seconds(of partition: Partition) -> Double {
        partition.oldestMilliseconds.map { Double(max(0, now - $0)) / 1_000 } ?? 0
    }

    /// Reads it off the log.
    ///
    /// - Parameters:
    ///   - topics: those that exist; others that the group follows are left out.
    ///   - now: the time, in epoch milliseconds.
    public init(
        of group: ConsumerGroup, on log: any EventLog, topics: Set<TopicName>, now: Int64
    ) async throws(LogError) {
        let committed = try await log.committed(group: group.name)
        try await self.init(of: group, at: committed, on: log, topics: topics, now: now)
    }

    /// The lag of a group that has come to these offsets, whatever it has committed.
    public init(
        of group: ConsumerGroup, at offsets: [TopicPartition: Int64], on log: any EventLog,
        topics: Set<TopicName>, now: Int64
    ) async throws(LogError) {
        self.group = group
        self.now = now
        var found: [TopicPartition: Partition] = [:]
        for topic in group.topics where topics.contains(topic) {
            for (source, range) in try await log.offsets(of: topic) {
                found[source] = Partition(
                    position: max(offsets[source] ?? 0, range.lowerBound),
                    end: range.upperBound, records: 0)
            }
        }
        let left = found.filter { $1.position < $1.end }.mapValues(\.position)
        for (source, time) in try await firstTimes(from: left, on: log) {
            guard var partition = found[source] else { continue }
            partition.oldestMilliseconds = time
            partition.records = partition.end - partition.position
            found[source] = partition
        }
        partitions = found
    }
}

/// When the log took the first record from each of these offsets on; a partition without one is
/// left out. One read, unless the log brings some partitions before others.
private func firstTimes(
    from offsets: [TopicPartition: Int64], on log: any EventLog
) async throws(LogError) -> [TopicPartition: Int64] {
    var rest = offsets
    var times: [TopicPartition: Int64] = [:]
    while !rest.isEmpty {
        let records: [Record]
        do {
            records = try await log.read(
                from: rest, limit: ReadLimit(records: rest.count), wait: .zero)
        } catch {
            // Retention went on meanwhile, or the log is another one than the group's.
            guard case .offsetOutOfRange(let position, let available) = error else { throw error }
            let isGone = position.offset < available.lowerBound
            rest[position.topicPartition] = isGone ? available.lowerBound : nil
            continue
        }
        guard !records.isEmpty else { break }
        for record in records where rest[record.position.topicPartition] != nil {
            times[record.position.topicPartition] = record.timestampMilliseconds
            rest[record.position.topicPartition] = nil
        }
    }
    return times
}
