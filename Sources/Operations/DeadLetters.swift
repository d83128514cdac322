public import EventLog
public import Topics

/// The dead letters of one version on a log.
public struct DeadLetters: Sendable {
    /// The version.
    public let version: Version
    let log: any EventLog

    /// Those of a version; reads nothing yet.
    public init(of version: Version, on log: any EventLog) {
        self.version = version
        self.log = log
    }

    /// The topic that they are in.
    public var topic: TopicName { Topics.deadLetters(version) }

    /// Every letter, by partition and offset.
    ///
    /// - Throws: ``LogError/unknownPartition(_:)`` where the version has no such topic.
    public func all() async throws(LogError) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        let ends = try await log.decidedOffsets(of: topic)
        var scan = RangeScan(log, ends.mapValues { 0..<$0 })
        while let records = try await scan.next() { letters += records.map(DeadLetter.init) }
        return letters.sorted { $0.position.order < $1.position.order }
    }

    /// Every letter by origin, each with its copies and how it stands.
    public func origins() async throws(LogError) -> [DeadLetterOrigin] {
        var origins = DeadLetterOrigin.group(try await all())
        let copies = try await copies(of: origins)
        let committed = try await log.committed(group: version.scorerGroup)
        for index in origins.indices {
            origins[index].know(
                copies: copies[origins[index].position] ?? [], committed: committed)
        }
        return origins
    }

    /// The record of a letter, whole; nil where retention has removed it.
    public func record(at position: Position) async throws(LogError) -> Record? {
        let range = position.offset..<position.offset + 1
        var scan = RangeScan(
            log, [position.topicPartition: range], limit: ReadLimit(records: 1))
        return try await scan.next()?.first
    }

    /// The copies there are of these origins' uploads, by what they are copies of.
    ///
    /// A copy names in a header what it is a copy of, and lies behind the record that failed, in
    /// the same partition: so only partitions with letters are read, each from behind the first
    /// of its origins' last failures to where it was decided to end when this began. Times are
    /// not relied on.
    private func copies(
        of origins: [DeadLetterOrigin]
    ) async throws(LogError) -> [Position: [Position]] {
        var starts: [TopicPartition: Int64] = [:]
        for failed in origins.compactMap(\.last.origin) {
            let start = starts[failed.topicPartition] ?? .max
            starts[failed.topicPartition] = min(start, failed.offset + 1)
        }
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for topic in Set(starts.keys.map(\.topic)) {
            for (source, end) in try await log.decidedOffsets(of: topic) {
                guard let start = starts[source], start < end else { continue }
                ranges[source] = start..<end
            }
        }
        var copies: [Position: [Position]] = [:]
        var scan = RangeScan(log, ranges)
        while let records = try await scan.next() {
            for record in records {
                guard let of = record.text(TachoHeader.redriveOf).flatMap({ Position($0) })
                else { continue }
                copies[of, default: []].append(record.position)
            }
        }
        return copies
    }
}
