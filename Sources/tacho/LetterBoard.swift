import EventLog
import Operations
import Site
import Topics

/// Dead letters by version and reason, counted as they come: each is read once.
struct LetterBoard {
    /// Letters that one look reads at most.
    static let lookLimit = 5_000
    private static let batch = ReadLimit(records: 500)

    fileprivate struct Seen {
        /// The next offset to read, a partition.
        var next: [TopicPartition: Int64] = [:]
        var reasons: [String: OperationsReport.Letters] = [:]
    }

    private var versions: [Version: Seen] = [:]
    /// Whether the last look ended before all was read.
    private(set) var hasMore = false

    /// By version, the newest first, and reason.
    var letters: [OperationsReport.Letters] {
        versions.values.flatMap(\.reasons.values).sorted {
            ($1.version, $0.reason) < ($0.version, $1.reason)
        }
    }

    /// Reads what has come for these versions since; others are forgotten.
    mutating func look(_ kept: [Version], on log: any EventLog) async throws(LogError) {
        versions = versions.filter { kept.contains($0.key) }
        var left = Self.lookLimit
        for version in kept {
            var seen = versions[version] ?? Seen()
            do {
                left -= try await Self.read(version, &seen, on: log, atMost: left)
            } catch {
                // Not made yet, or gone since.
                guard case .unknownPartition = error else { throw error }
            }
            versions[version] = seen
        }
        hasMore = left <= 0
    }

    private static func read(
        _ version: Version, _ seen: inout Seen, on log: any EventLog, atMost limit: Int
    ) async throws(LogError) -> Int {
        for (source, kept) in try await log.offsets(of: Topics.deadLetters(version)) {
            seen.next[source] = max(seen.next[source] ?? 0, kept.lowerBound)
        }
        var count = 0
        while count < limit {
            let records = try await log.read(from: seen.next, limit: batch, wait: .zero)
            guard !records.isEmpty else { break }
            for record in records {
                seen.next[record.position.topicPartition] = record.position.offset + 1
                seen.take(DeadLetter(record), of: version)
            }
            count += records.count
        }
        return count
    }
}

extension LetterBoard.Seen {
    fileprivate mutating func take(_ letter: DeadLetter, of version: Version) {
        var letters =
            reasons[letter.reason]
            ?? OperationsReport.Letters(
                version: version.number, reason: letter.reason, count: 0, latestMilliseconds: .min,
                latestTrip: "", latestExplanation: "")
        letters.count += 1
        if letter.timestampMilliseconds >= letters.latestMilliseconds {
            letters.latestMilliseconds = letter.timestampMilliseconds
            letters.latestTrip = letter.trip
            letters.latestExplanation = letter.explanation
        }
        reasons[letter.reason] = letters
    }
}
