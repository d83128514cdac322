internal import EventLog
internal import Logging
internal import Metrics
internal import Topics
internal import Trips

/// One membership of a cutter: the phones of the partitions that it holds, and how it moves on.
///
/// What is known of phones is kept as the bytes that are on the log, a kilobyte a phone or so.
struct CutterSession {
    let log: any EventLog
    let member: any GroupMember
    let settings: CutterSettings
    /// Partitions of `trip-uploads`.
    let partitions: Int
    let logger: Logger
    /// For each partition held, what is known of its phones; nil until it was read.
    private var phones: [TopicPartition: [[UInt8]: [UInt8]]?] = [:]
    /// The next offset of each partition held, as the member was told.
    private var assigned: [TopicPartition: Int64] = [:]

    init(
        log: any EventLog, member: any GroupMember, settings: CutterSettings, partitions: Int,
        logger: Logger
    ) {
        self.log = log
        self.member = member
        self.settings = settings
        self.partitions = partitions
        self.logger = logger
    }

    /// Polls once, and brings what came to its end: all of it is on the log, or none of it is in
    /// memory.
    mutating func step() async throws(LogError) {
        try await restore()
        switch try await member.poll(limit: settings.batch, wait: settings.pollWait) {
        case .assigned(let offsets):
            for (source, offset) in offsets {
                phones[source] = .some(nil)
                assigned[source] = offset
            }
        case .revoked(let gone):
            for source in gone {
                phones[source] = nil
                assigned[source] = nil
            }
        case .records(let records):
            if !records.isEmpty { try await absorb(records) }
        }
    }

    /// After an error: whether the last commit was done is for the log to say.
    mutating func failed() {
        for source in Array(phones.keys) { phones[source] = .some(nil) }
    }

    /// Reads what is known of the phones of partitions that are new or in doubt, and goes to where
    /// the group stands.
    private mutating func restore() async throws(LogError) {
        let unread = phones.filter { $0.value == nil }.keys.sorted()
        guard !unread.isEmpty else { return }
        // First what is undecided comes to its end: what is committed then goes with what is read.
        let ends = try await log.decidedOffsets(of: Topics.deviceTrips.name)
        let committed = try await log.committed(group: Topics.cutterGroup)
        let kept = try await log.offsets(of: Topics.devicePoints.name)
        let firsts = try await log.offsets(of: Topics.deviceTrips.name)
        for source in unread {
            let states = TopicPartition(Topics.deviceTrips.name, source.partition)
            let first = firsts[states]?.lowerBound ?? 0
            var known: [[UInt8]: [UInt8]] = [:]
            var scan = PartitionScan(log, states, first..<max(first, ends[states] ?? first))
            while let records = try await scan.next() {
                for record in records { known[record.key] = record.value }
            }
            var next = max(committed[source] ?? 0, assigned[source] ?? 0)
            if let first = kept[source]?.lowerBound, next < first {
                logger.error(
                    "retention removed positions before they were cut into trips",
                    metadata: ["partition": "\(source)", "from": "\(next)", "to": "\(first)"])
                next = first
            }
            try await member.rewind(to: [source: next])
            phones[source] = known
        }
    }

    private mutating func absorb(_ records: [Record]) async throws(LogError) {
        var outputs: [NewRecord] = []
        var offsets: [TopicPartition: Int64] = [:]
        var changed: [TopicPartition: [[UInt8]: [UInt8]]] = [:]
        var tally = CutTally()
        let batches = Dictionary(grouping: records) { $0.position.topicPartition }
        for (source, batch) in batches.sorted(by: { $0.key < $1.key }) {
            guard let known = phones[source] ?? nil, let last = batch.last else {
                preconditionFailure("records of \(source), not read or not assigned")
            }
            var cut = CutBatch(settings: settings, partitions: partitions)
            for record in batch {
                if let reason = cut.absorb(record, known: known) {
                    tally.unusable += 1
                    logger.error(
                        "a record of positions cannot be used",
                        metadata: ["position": "\(record.position)", "reason": "\(reason)"])
                }
            }
            outputs += cut.outputs(to: source.partition)
            changed[source] = cut.changed
            tally.add(cut.tally)
            offsets[source] = last.position.offset + 1
        }
        _ = try await member.commit(outputs: outputs, offsets: offsets)
        for (source, states) in changed {
            phones[source]??.merge(states) { $1 }
        }
        tally.record()
    }
}

/// What became of positions, for the metrics.
struct CutTally {
    var added = 0
    var resting = 0
    var forgotten = 0
    var ended = 0
    var unusable = 0

    mutating func add(_ other: CutTally) {
        added += other.added
        resting += other.resting
        forgotten += other.forgotten
        ended += other.ended
        unusable += other.unusable
    }

    func record() {
        func count(_ label: String, _ number: Int) {
            if number > 0 { Counter(label: label).increment(by: Int64(number)) }
        }
        count("tacho_cutter_points_total", added)
        count("tacho_cutter_resting_total", resting)
        count("tacho_cutter_forgotten_total", forgotten)
        count("tacho_cutter_trips_ended_total", ended)
        count("tacho_cutter_unusable_total", unusable)
    }
}
