public import EventLog
internal import Operations
public import Topics

/// A reader as it last said of itself.
public struct KnownReader: Equatable, Sendable {
    /// What it said.
    public var state: Tacho_V1_ReaderState
    /// When, in epoch milliseconds.
    public var timeMilliseconds: Int64

    /// Who it is.
    public var instance: String { state.instance }
}

/// Who reads, as the `readers` topic says.
public struct ReaderRoster: Sendable {
    private let log: any EventLog
    private static let source = TopicPartition(Topics.readers.name, 0)
    private var known: [String: KnownReader] = [:]
    private var next: Int64?

    /// Without a word for so long a reader is taken for gone, in milliseconds.
    public static let silenceMilliseconds: Int64 = 10_000
    /// Between two words of a reader to which nothing happens.
    public static let wordInterval = Duration.seconds(2)

    /// The topic on this log.
    public init(_ log: any EventLog) { self.log = log }

    /// Reads on to where the topic ends now.
    public mutating func catchUp() async throws(LogError) {
        let range: Range<Int64>
        do throws(LogError) {
            guard let found = try await log.offsets(of: Self.source.topic)[Self.source] else {
                return
            }
            range = found
        } catch {
            guard case .unknownPartition = error else { throw error }
            return
        }
        var scan = RangeScan(
            log, [Self.source: max(next ?? 0, range.lowerBound)..<range.upperBound])
        while let records = try await scan.next() {
            for record in records {
                guard let value = record.value, let state = try? Topics.readers.decode(value) else {
                    continue
                }
                known[state.instance] = KnownReader(
                    state: state, timeMilliseconds: record.timestampMilliseconds)
            }
        }
        next = range.upperBound
    }

    /// The readers that are there, by name: those that said so lately and did not leave.
    ///
    /// - Parameter now: the time in epoch milliseconds.
    public func present(now: Int64) -> [KnownReader] {
        known.values.filter {
            !$0.state.leaving && now - $0.timeMilliseconds < Self.silenceMilliseconds
        }.sorted { $0.instance < $1.instance }
    }
}
