import ArgumentParser
import EmbeddedLog
import EventLog
import Topics

/// Where a replay begins: exactly one of four ways to say it.
struct ReplayStart: ParsableArguments {
    @Flag(help: "At the first upload kept.")
    var toEarliest = false

    @Option(help: "At a time, RFC 3339 or epoch milliseconds; without a zone it is UTC.")
    var toDatetime: String?

    @Option(help: "So long ago: PT1H30M, P7D, or 90s, 15m, 2h, 7d.")
    var byDuration: String?

    @Option(
        help: """
            At this offset of every partition; or PARTITION:OFFSET,…, the others at the first upload.
            """)
    var toOffset: String?

    func validate() throws {
        let ways = [toDatetime, byDuration, toOffset].compactMap(\.self).count
        guard ways + (toEarliest ? 1 : 0) == 1 else {
            throw ValidationError(
                "say one of --to-earliest, --to-datetime, --by-duration and --to-offset")
        }
        _ = try time(now: 0)
        _ = try offsets()
    }

    /// The time at which it begins, in epoch milliseconds; nil where no time says it.
    func time(now: Int64) throws -> Int64? {
        if let toDatetime {
            let text = toDatetime
            let isAge = Int64(text) == nil && text.last.map { "smhd".contains($0) } ?? false
            // As other tools take it: without a zone.
            let time =
                Moment.milliseconds(text, now: now) ?? Moment.milliseconds(text + "Z", now: now)
            guard let time, !isAge else {
                throw ValidationError(
                    "--to-datetime is \(text), not a time such as 2026-05-01T00:00:00Z")
            }
            return time
        }
        guard let byDuration else { return nil }
        guard let ago = Self.milliseconds(byDuration), ago <= 10_000 * 366 * 86_400_000 else {
            throw ValidationError("--by-duration is \(byDuration), not a span such as PT1H or 90s")
        }
        return max(0, now - ago)
    }

    /// The offsets named, and the one for all others.
    private func offsets() throws -> (named: [Int: Int64], all: Int64?)? {
        guard let toOffset else { return nil }
        if let all = Int64(toOffset), all >= 0 { return ([:], all) }
        var named: [Int: Int64] = [:]
        for part in toOffset.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = part.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, let partition = Int(numbers[0]), partition >= 0,
                let offset = Int64(numbers[1]), offset >= 0, named[partition] == nil
            else {
                throw ValidationError(
                    "--to-offset is \(toOffset), not OFFSET or PARTITION:OFFSET,… with each "
                        + "partition once")
            }
            named[partition] = offset
        }
        return (named, nil)
    }

    /// Where each partition begins; those that begin with the first upload kept are left out.
    ///
    /// What lies behind the last upload begins there.
    func starts(on log: any EventLog, now: Int64) async throws -> [Int: Int64] {
        let ranges = try await log.offsets(of: Topics.tripUploads.name)
        var wanted: [TopicPartition: Int64] = [:]
        if let time = try time(now: now) {
            wanted = try await log.offsets(of: Topics.tripUploads.name, at: time)
        } else if let (named, all) = try offsets() {
            for source in ranges.keys { wanted[source] = named[source.partition] ?? all ?? 0 }
            for partition in named.keys.sorted()
            where ranges[TopicPartition(Topics.tripUploads.name, partition)] == nil {
                throw Refused("there is no partition \(partition); there are \(ranges.count)")
            }
        }
        var starts: [Int: Int64] = [:]
        for (source, range) in ranges {
            let start = min(wanted[source] ?? 0, range.upperBound)
            if start > range.lowerBound { starts[source.partition] = start }
        }
        return starts
    }

    /// How it was said, in words.
    func title(now: Int64) throws -> String {
        if toEarliest { return "the first upload kept" }
        if let toOffset { return "offset \(toOffset)" }
        return try time(now: now).map { "the first upload from \(Moment.text($0)) on" } ?? ""
    }

    /// A span as ISO 8601 or with one unit, in milliseconds; nil for anything else.
    static func milliseconds(_ text: String) -> Int64? {
        guard text.hasPrefix("P") else {
            guard Int64(text) == nil, let ago = Moment.milliseconds(text, now: 0), ago <= 0
            else { return nil }
            return -ago
        }
        var total = 0.0
        var number = ""
        var units: [Character: Double] = ["D": 86_400, "W": 604_800]
        var isSaid = false
        for character in text.dropFirst() {
            if character == "T" {
                guard number.isEmpty, units["H"] == nil else { return nil }
                units = ["H": 3_600, "M": 60, "S": 1]
                isSaid = false
            } else if let unit = units.removeValue(forKey: character) {
                guard let count = Double(number), count.isFinite else { return nil }
                total += count * unit
                number = ""
                isSaid = true
            } else {
                guard "0123456789.".contains(character) else { return nil }
                number.append(character)
            }
        }
        guard isSaid, number.isEmpty, total * 1_000 < Double(Int64.max / 2) else { return nil }
        return Int64((total * 1_000).rounded())
    }
}
