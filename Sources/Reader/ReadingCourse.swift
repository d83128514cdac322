internal import EventLog

/// Where a projector stands in the partitions that it reads, and how far it is from where they
/// ended when it began.
struct ReadingCourse {
    /// The next offset to read, a partition.
    private(set) var next: [TopicPartition: Int64] = [:]
    private var ends: [TopicPartition: Int64] = [:]

    /// Whether it is still to begin.
    var isEmpty: Bool { next.isEmpty }

    /// Whether all is read of a partition that was there at the beginning.
    func hasReached(_ source: TopicPartition) -> Bool {
        next[source] ?? 0 >= ends[source] ?? .max
    }

    /// Partitions of which something may be left that was there at the beginning.
    var unreached: [TopicPartition: Int64] { next.filter { $0.value < ends[$0.key] ?? 0 } }

    /// A read of these partitions brought nothing: what seemed to be left are marks of transactions.
    mutating func reachedEnd(of sources: some Sequence<TopicPartition>) {
        for source in sources { ends[source] = next[source] }
        count()
    }

    /// Records left of those that were there at the beginning, counted by offsets.
    private(set) var lag: Int64 = 0

    /// Reads a partition from `next`; `end` is where it ends by now.
    mutating func add(_ source: TopicPartition, next offset: Int64, end: Int64) {
        next[source] = offset
        ends[source] = end
        count()
    }

    /// These records are done with.
    mutating func passed(_ records: [Record]) {
        for record in records { next[record.position.topicPartition] = record.position.offset + 1 }
        if lag > 0 { count() }
    }

    private mutating func count() {
        lag = ends.reduce(0) { $0 + max(0, $1.value - (next[$1.key] ?? 0)) }
    }
}
