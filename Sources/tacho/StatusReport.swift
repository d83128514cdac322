import EventLog
import Operations
import ReleasePlans
import Topics

/// What `tacho status` tells, as `--json` prints it.
struct StatusReport: Encodable {
    struct Member: Encodable {
        var name: String
        /// Empty where the log does not tell.
        var host: String
        /// Numbers by topic; none where the log does not tell.
        var partitions: [String: [Int]]
    }
    struct Partition: Encodable {
        var topic: String
        var partition: Int
        var position: Int64
        var end: Int64
        var lagRecords: Int64
        var lagSeconds: Double
        var lagState: String?
    }
    struct Group: Encodable {
        var name: String
        var state: String
        var lagState: String?
        var lagRecords: Int64
        var lagSeconds: Double
        var members: [Member]
        var partitions: [Partition]?
    }
    struct Topic: Encodable {
        var name: String
        var partitions: Int
        var records: Int64
    }
    struct Reason: Encodable {
        var version: Int
        var reason: String
        var letters: Int
    }
    /// From when the log took an upload until it took the score of it.
    struct EndToEnd: Encodable {
        var version: Int
        var scores: Int
        var p50Seconds: Double
        var p99Seconds: Double
    }
    struct File: Encodable {
        var name: String
        var bytes: Int64
    }
    /// How long the groups were watched, and how often they were looked at.
    struct Watch: Encodable {
        var looks: Int
        var seconds: Double
    }

    /// Where the log is.
    var data: String
    var liveVersion: Int
    var versions: [Int]
    /// The versions that are scored and served.
    var kept: [VersionReport]
    var rules: String
    var rulesHash: String
    var watch: Watch
    var groups: [Group]
    var topics: [Topic]
    /// Dead letters of the live version.
    var deadLetters: Int
    /// Dead letters of every version, by reason.
    var deadLetterReasons: [Reason]
    var endToEnd: [EndToEnd]
    /// The files of the data directory; none where the log is elsewhere.
    var disk: [File]
    var diskBytes: Int64

    init(
        of opened: OpenedLog, _ history: ReleaseHistory, live: ReleasedVersion, _ seen: GroupsSeen,
        withPartitions: Bool
    ) async throws {
        data = opened.place
        liveVersion = live.version.number
        rules = live.staged.release.rulesName
        rulesHash = live.staged.release.rulesHash
        watch = Watch(looks: seen.looks, seconds: (seen.span / .seconds(1)).rounded(toPlaces: 1))
        groups = seen.groups.map { Group($0, seen.watch, withPartitions: withPartitions) }
        let log = opened.log
        kept = history.kept.map(VersionReport.init)
        topics = []
        for topic in try await log.topics() {
            let records = try await log.offsets(of: topic.name).values.reduce(0) {
                $0 + Int64($1.count)
            }
            topics.append(
                Topic(name: topic.name.rawValue, partitions: topic.partitions, records: records))
        }
        let names = Set(topics.map(\.name))
        let versions = Version.named(by: names)
        self.versions = versions.map(\.number)
        deadLetterReasons = []
        endToEnd = []
        for version in versions {
            if names.contains(Topics.deadLetters(version).rawValue) {
                let letters = try await DeadLetters(of: version, on: log).all()
                deadLetterReasons += Dictionary(grouping: letters, by: \.reason)
                    .map { Reason(version: version.number, reason: $0, letters: $1.count) }
                    .sorted { $0.reason < $1.reason }
            }
            let latency = try await ScoreLatency(of: version, on: log)
            guard let half = latency.seconds(share: 0.5), let most = latency.seconds(share: 0.99)
            else { continue }
            endToEnd.append(
                EndToEnd(
                    version: version.number, scores: latency.milliseconds.count,
                    p50Seconds: half, p99Seconds: most))
        }
        deadLetters = deadLetterReasons.filter { $0.version == live.version.number }
            .reduce(0) { $0 + $1.letters }
        disk = try opened.installation?.diskUse().map { File(name: $0.name, bytes: $0.bytes) } ?? []
        diskBytes = disk.reduce(0) { $0 + $1.bytes }
    }
}

extension StatusReport.Group {
    fileprivate init(_ status: GroupStatus, _ watch: LagWatch, withPartitions: Bool) {
        name = status.group.name
        state = status.description.state
        lagState = watch.state(of: status)?.rawValue
        lagRecords = status.lag.records
        lagSeconds = status.lag.seconds
        members = status.description.members.map { member in
            StatusReport.Member(
                name: member.name, host: member.host,
                partitions: Dictionary(grouping: member.partitions.sorted(), by: \.topic.rawValue)
                    .mapValues { $0.map(\.partition) })
        }
        guard withPartitions else { return }
        let states = watch.states(of: status)
        partitions = status.lag.partitions.sorted { $0.key < $1.key }.map { source, partition in
            .init(
                topic: source.topic.rawValue, partition: source.partition,
                position: partition.position, end: partition.end,
                lagRecords: partition.records, lagSeconds: status.lag.seconds(of: partition),
                lagState: states[source]??.rawValue)
        }
    }
}

extension Version {
    /// The versions that have topics, by number.
    fileprivate static func named(by topics: Set<String>) -> [Version] {
        let prefixes = ["trip-scores.", "dead-letters."]
        let found = topics.compactMap { name in
            prefixes.first { name.hasPrefix($0) }
                .flatMap { Version(text: name.dropFirst($0.count)) }
        }
        return Set(found).sorted()
    }
}

extension Double {
    /// So many digits behind the point.
    fileprivate func rounded(toPlaces places: Int) -> Double {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }
}
