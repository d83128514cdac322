public import EventLog
internal import Topics

/// The comparison of two versions in one partition: their last words on each trip, until both
/// stand at the same upload.
///
/// First it takes all that both versions have said. From the first ``settle(into:)`` on it holds
/// only trips that move, with a few of their last words, and takes what follows on those alone: a
/// trip is compared once, and one that begins later is no part of the comparison.
public struct PartitionDiff: Sendable {
    /// Which version said it.
    public enum Side: Sendable {
        case live, candidate
    }

    private let topic: Topic<Tacho_V1_TripScore>
    private var pairs: [String: TripPair] = [:]
    private var passed: (live: Int64, candidate: Int64) = (0, 0)
    private var isFollowing = false

    /// A comparison without records.
    public init() { topic = Topics.tripScores(.first) }

    /// Trips that are not decided.
    public var moving: Int { pairs.count }

    /// Whether every trip is decided.
    public var isSettled: Bool { pairs.isEmpty }

    /// Takes the next records of the version's partition of `trip-scores.vN`.
    public mutating func take(_ records: some Collection<Record>, of side: Side) {
        guard isFollowing else {
            // Of several words on one trip only the last one counts, and only it is decoded.
            var last: [[UInt8]: Record] = [:]
            for record in records { last[record.key] = record }
            for record in last.values { take(record, of: side) }
            return
        }
        for record in records { take(record, of: side) }
    }

    /// Takes the trips that are decided out, and counts them.
    public mutating func settle(into diff: inout VersionDiff) {
        isFollowing = true
        var left: [String: TripPair] = [:]
        for (trip, pair) in pairs {
            let verdict = pair.verdict(trip, passed: passed.live, passed.candidate)
            if verdict == .moving { left[trip] = pair } else { diff.count(trip, verdict) }
        }
        pairs = left
    }

    /// As ``settle(into:)``, of the trips that these records are of.
    public mutating func settle(
        _ records: some Collection<Record>, into diff: inout VersionDiff
    ) {
        for record in records {
            let trip = String(decoding: record.key, as: UTF8.self)
            let verdict = pairs[trip]?.verdict(trip, passed: passed.live, passed.candidate)
            guard let verdict, verdict != .moving else { continue }
            pairs[trip] = nil
            diff.count(trip, verdict)
        }
    }

    /// Counts what still moves as moving.
    public mutating func end(into diff: inout VersionDiff) {
        for trip in pairs.keys { diff.count(trip, .moving) }
        pairs = [:]
    }

    private mutating func take(_ record: Record, of side: Side) {
        guard !record.isProgress else {
            let progress = try? Topics.progress(.first).decode(record.value ?? [])
            switch side {
            case .live: passed.live = max(passed.live, progress?.nextOffset ?? 0)
            case .candidate: passed.candidate = max(passed.candidate, progress?.nextOffset ?? 0)
            }
            return
        }
        let trip = String(decoding: record.key, as: UTF8.self)
        if isFollowing, pairs[trip] == nil { return }
        guard record.value != nil else {
            pairs[trip]?.forget(side)
            if pairs[trip]?.isEmpty == true { pairs[trip] = nil }
            return
        }
        guard let word = TripWord(record, of: topic) else { return }
        pairs[trip, default: TripPair()].take(word, of: side, remembering: isFollowing)
    }
}
