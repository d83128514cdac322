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
    public func all(
        progress: (ScanProgress) -> Void = { _ in }
    ) async throws(LogError) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        var scan = RangeScan(log, try await decided(topic, from: [:]))
        while let records = try await scan.next() {
            letters += records.map(DeadLetter.init)
            progress(ScanProgress(stage: .letters, done: scan.done, total: scan.total))
        }
        return letters.sorted { $0.position.order < $1.position.order }
    }

    /// Letters by origin, each with its copies and how it stands.
    ///
    /// - Parameter filter: which origins are meant; only for these copies are looked for.
    public func origins(
        _ filter: DeadLetterFilter = DeadLetterFilter(),
        progress: (ScanProgress) -> Void = { _ in }
    ) async throws(LogError) -> [DeadLetterOrigin] {
        // First of all: letters are committed together with positions, so that those of everything
        // before these positions are among the letters read after.
        let committed = try await log.committed(group: version.scorerGroup)
        var origins = DeadLetterOrigin.group(try await all(progress: progress))
            .filter(filter.means)
        let copies = try await copies(of: origins, progress)
        for index in origins.indices {
            origins[index].know(
                copies: copies[origins[index].position] ?? [], committed: committed)
        }
        return origins
    }

    /// The record that a letter is of; nil where retention has removed it.
    public func original(of letter: DeadLetter) async throws(LogError) -> OriginalRecord? {
        try await originals(of: [letter])[letter.position]
    }

    /// The records that letters are of, by the letters' positions, but for what retention removed.
    func originals(
        of letters: [DeadLetter]
    ) async throws(LogError) -> [Position: OriginalRecord] {
        var originals: [Position: OriginalRecord] = [:]
        let whole = letters.filter(\.isWhole).map(\.position)
        let wanted = Set(whole)
        let ranges = Dictionary(grouping: whole, by: \.topicPartition).mapValues { positions in
            let offsets = positions.map(\.offset)
            return (offsets.min() ?? 0)..<(offsets.max() ?? -1) + 1
        }
        var scan = RangeScan(log, ranges)
        while let records = try await scan.next() {
            for record in records where wanted.contains(record.position) {
                originals[record.position] = OriginalRecord(letter: record)
            }
        }
        for letter in letters where !letter.isWhole {
            guard let origin = letter.origin else { continue }
            var scan = RangeScan(
                log, [origin.topicPartition: origin.offset..<origin.offset + 1],
                limit: ReadLimit(records: 1))
            guard let record = try await scan.next()?.first else { continue }
            originals[letter.position] = OriginalRecord(there: record)
        }
        return originals
    }

    /// The copies there are of these origins' uploads, by what they are copies of.
    ///
    /// A copy names in a header what it is a copy of, and lies behind the record that failed, in
    /// the same partition: so only partitions with letters are read, each from behind the first
    /// of its origins' last failures to where it was decided to end when this began. Times are
    /// not relied on.
    private func copies(
        of origins: [DeadLetterOrigin], _ progress: (ScanProgress) -> Void
    ) async throws(LogError) -> [Position: [Position]] {
        let uploads = Topics.tripUploads.name
        var starts: [TopicPartition: Int64] = [:]
        for failed in origins.compactMap(\.last.origin)
        where failed.topicPartition.topic == uploads {
            let start = starts[failed.topicPartition] ?? .max
            starts[failed.topicPartition] = min(start, failed.offset + 1)
        }
        guard !starts.isEmpty else { return [:] }
        let ranges = try await decided(uploads, from: starts).filter { starts[$0.key] != nil }
        var copies: [Position: [Position]] = [:]
        var scan = RangeScan(log, ranges)
        while let records = try await scan.next() {
            for record in records {
                guard let of = record.copied(at: record.position) else { continue }
                copies[of, default: []].append(record.position)
            }
            progress(ScanProgress(stage: .copies, done: scan.done, total: scan.total))
        }
        return copies
    }

    /// What there is of a topic and is decided now, from the first offset kept or a later one.
    private func decided(
        _ topic: TopicName, from starts: [TopicPartition: Int64]
    ) async throws(LogError) -> [TopicPartition: Range<Int64>] {
        let kept = try await log.offsets(of: topic)
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for (source, end) in try await log.decidedOffsets(of: topic) {
            let start = max(kept[source]?.lowerBound ?? 0, starts[source] ?? 0)
            if start < end { ranges[source] = start..<end }
        }
        return ranges
    }
}
