public import EventLog
public import Topics

/// How long uploads took until their score was on the log, over a version's last scores.
public struct ScoreLatency: Equatable, Sendable {
    /// Milliseconds from when the log took an upload until it took the score of it, sorted.
    public let milliseconds: [Int64]

    /// Scores that are looked at, the last ones of all partitions.
    public static let scores = 1_000
    /// Records at the end of a partition that are looked through for them.
    public static let recordsAPartition: Int64 = 256

    /// Latencies in any order.
    public init(_ milliseconds: [Int64]) {
        self.milliseconds = milliseconds.sorted()
    }

    /// The latency that so large a share of the scores did not exceed, in seconds; nil without a
    /// score.
    ///
    /// - Parameter share: above 0, up to 1.
    public func seconds(share: Double) -> Double? {
        guard !milliseconds.isEmpty else { return nil }
        let rank = Int((Double(milliseconds.count) * share).rounded(.up))
        return Double(milliseconds[max(rank, 1) - 1]) / 1_000
    }

    /// Reads the version's last scores; none where the version has no topics.
    public init(of version: Version, on log: any EventLog) async throws(LogError) {
        let topic = Topics.tripScores(version).name
        guard try await log.topics().contains(where: { $0.name == topic }) else {
            self.init([])
            return
        }
        let tails = try await log.offsets(of: topic).mapValues { range in
            max(range.lowerBound, range.upperBound - Self.recordsAPartition)..<range.upperBound
        }
        var found: [(scored: Int64, latency: Int64)] = []
        var scan = RangeScan(log, tails)
        while let records = try await scan.next() {
            for record in records {
                guard let header = record.header(TachoHeader.lastUploadTime),
                    let uploaded = Int64(String(decoding: header, as: UTF8.self))
                else { continue }
                let scored = record.timestampMilliseconds
                found.append((scored, max(0, scored - uploaded)))
            }
        }
        found.sort { $0.scored < $1.scored }
        self.init(found.suffix(Self.scores).map(\.latency))
    }
}
