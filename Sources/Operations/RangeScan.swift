public import EventLog

/// Ranges of partitions, read from their starts to their ends, batch by batch.
///
/// Offsets that are gone are passed over, also those before the first one kept.
public struct RangeScan {
    private let log: any EventLog
    private let limit: ReadLimit
    private var rest: [TopicPartition: Range<Int64>]
    /// Offsets there were to pass.
    public let total: Int64

    /// A scan of these ranges, by reads of at most `limit`.
    public init(
        _ log: any EventLog, _ ranges: [TopicPartition: Range<Int64>],
        limit: ReadLimit = ReadLimit()
    ) {
        self.log = log
        self.limit = limit
        rest = ranges.filter { !$0.value.isEmpty }
        total = Self.offsets(of: rest)
    }

    /// Offsets passed.
    public var done: Int64 { total - Self.offsets(of: rest) }

    /// The next records, or nil at the end.
    public mutating func next() async throws(LogError) -> [Record]? {
        while !rest.isEmpty {
            let records: [Record]
            do {
                records = try await log.read(
                    from: rest.mapValues(\.lowerBound), limit: limit, wait: .zero)
            } catch {
                guard case .offsetOutOfRange(let position, let available) = error else {
                    throw error
                }
                let isGone = position.offset < available.lowerBound
                pass(position.topicPartition, to: isGone ? available.lowerBound : .max)
                continue
            }
            guard !records.isEmpty else { return nil }
            var wanted: [Record] = []
            for record in records {
                let source = record.position.topicPartition
                if rest[source]?.contains(record.position.offset) == true { wanted.append(record) }
                pass(source, to: record.position.offset + 1)
            }
            if !wanted.isEmpty { return wanted }
        }
        return nil
    }

    private mutating func pass(_ source: TopicPartition, to offset: Int64) {
        guard let range = rest[source] else { return }
        rest[source] = offset < range.upperBound ? offset..<range.upperBound : nil
    }

    private static func offsets(of ranges: [TopicPartition: Range<Int64>]) -> Int64 {
        ranges.values.reduce(0) { $0 + Int64($1.count) }
    }
}
