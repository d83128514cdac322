internal import EventLog

/// A range of one partition, read from its start to its end, batch by batch.
///
/// Offsets that are gone are passed over, also those before the first one kept.
struct PartitionScan {
    private let log: any EventLog
    private let source: TopicPartition
    private var rest: Range<Int64>

    /// The offset before which all is read in the end.
    var end: Int64 { rest.upperBound }

    init(_ log: any EventLog, _ source: TopicPartition, _ range: Range<Int64>) {
        self.log = log
        self.source = source
        rest = range
    }

    /// The next records, or nil at the end.
    mutating func next() async throws(LogError) -> [Record]? {
        while !rest.isEmpty {
            let records: [Record]
            do throws(LogError) {
                records = try await log.read(
                    from: [source: rest.lowerBound], limit: ReadLimit(), wait: .zero)
            } catch {
                guard case .offsetOutOfRange(_, let available) = error else { throw error }
                guard available.lowerBound > rest.lowerBound else { return nil }
                rest = min(available.lowerBound, rest.upperBound)..<rest.upperBound
                continue
            }
            guard let last = records.last else { return nil }
            let wanted = records.filter { $0.position.offset < rest.upperBound }
            rest = min(last.position.offset + 1, rest.upperBound)..<rest.upperBound
            return wanted
        }
        return nil
    }
}
