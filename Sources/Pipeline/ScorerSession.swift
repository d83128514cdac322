internal import EventLog
internal import Metrics
internal import Topics

/// One membership of a scorer: what it holds in memory, and how it moves on.
///
/// Used by one task at a time.
final class ScorerSession {
    private let log: any EventLog
    private let member: any GroupMember
    private let settings: ScorerSettings
    private let observer: ScorerObserver
    private let index: TripIndex
    private let now: @Sendable () -> Int64
    private var partitions: [Int: PartitionScorer] = [:]
    private var committed: [TopicPartition: Int64] = [:]
    private var mustRewind = false
    /// Partitions that were given to this worker and are not yet as the log says; they are paused
    /// while the others go on.
    private var restorations: [Restoration] = []
    private var steps = 0

    init(
        log: any EventLog, member: any GroupMember, settings: ScorerSettings,
        observer: ScorerObserver, index: TripIndex, now: @escaping @Sendable () -> Int64
    ) {
        self.log = log
        self.member = member
        self.settings = settings
        self.observer = observer
        self.index = index
        self.now = now
    }

    /// Polls once and brings what came to its end: all of it is on the log, or none of it is in
    /// memory.
    ///
    /// After an error that may pass, the same call goes on where the log stands.
    func step() async throws {
        if mustRewind {
            try await member.rewind(to: committed)
            mustRewind = false
        }
        let isWaiting = try await restore()
        let wait =
            isWaiting ? Self.decisionWait : restorations.isEmpty ? settings.pollWait : .zero
        switch try await member.poll(limit: settings.batch, wait: wait) {
        case .assigned(let offsets):
            committed.merge(offsets) { $1 }
            // What went to others and came back may have moved meanwhile.
            restorations.removeAll { offsets[$0.source] != nil }
            for source in offsets.keys { partitions[source.partition] = nil }
            guard !offsets.isEmpty else { return }
            try await member.pause(Array(offsets.keys))
            let decision = Decision(of: scores, on: log)
            restorations += offsets.sorted { $0.key < $1.key }.map {
                Restoration(source: $0.key, offset: $0.value, decision: decision)
            }
        case .revoked(let gone):
            restorations.removeAll { gone.contains($0.source) }
            for partition in gone {
                committed[partition] = nil
                partitions[partition.partition] = nil
            }
        case .records(let records):
            guard !records.isEmpty else { return }
            do {
                try await absorb(records)
            } catch {
                for partition in partitions.keys { partitions[partition]?.aborted() }
                mustRewind = true
                throw error
            }
        }
    }

    /// Goes on at the first record kept, where retention removed those before it.
    func skip(_ source: TopicPartition, to offset: Int64) {
        committed[source] = offset
        mustRewind = true
    }

    /// Goes on with the partitions that are not yet restored, for as long as the others may wait.
    ///
    /// - Returns: whether it can only wait now.
    private func restore() async throws -> Bool {
        let deadline = ContinuousClock.now + Self.restoringSlice
        while var restoration = restorations.first, .now < deadline {
            do {
                switch try await advance(&restoration) {
                case .on: restorations[0] = restoration
                case .waiting: return true
                case .done:
                    try await member.resume([restoration.source])
                    restorations.removeFirst()
                    shrink()
                }
            } catch {
                // Half of what is known must not pass for the whole: it begins anew.
                partitions[restoration.source.partition] = nil
                restorations[0] = Restoration(
                    source: restoration.source, offset: restoration.offset,
                    decision: Decision(of: scores, on: log))
                throw error
            }
        }
        return false
    }

    /// How a restoration went on.
    private enum Advance {
        case on, waiting, done
    }

    private func advance(_ restoration: inout Restoration) async throws -> Advance {
        let partition = restoration.source.partition
        switch restoration.phase {
        case .deciding(let decision):
            guard let ranges = try decision.outcome() else { return .waiting }
            let source = TopicPartition(scores, partition)
            restoration.phase = .indexing(try unindexed(source, ranges[source] ?? 0..<0))
        case .indexing(var scan):
            if let records = try await scan.next(), let last = records.last {
                try index.absorb(
                    records.map { ($0.key, $0.headers) }, partition: partition,
                    next: last.position.offset + 1)
                restoration.phase = .indexing(scan)
                return .on
            }
            try index.absorb([], partition: partition, next: scan.end)
            partitions[partition] = PartitionScorer(partition: partition, settings: settings)
            let warm = try index.driving(
                partition: partition, since: now() - settings.warmMilliseconds,
                limit: Self.warmLimit)
            restoration.phase = .warming(Loading(log, warm, partition, before: restoration.offset))
        case .warming(var loading):
            guard try await loading.next(into: &partitions[partition]) else { return .done }
            restoration.phase = .warming(loading)
        }
        return .on
    }

    /// What the index has not yet seen of the version's own records.
    private func unindexed(
        _ source: TopicPartition, _ there: Range<Int64>
    ) throws -> PartitionScan {
        if try index.nextOffset(partition: source.partition) > there.upperBound {
            try index.forget(partition: source.partition)
        }
        let first = max(
            try index.nextOffset(partition: source.partition), there.lowerBound)
        return PartitionScan(log, source, first..<max(first, there.upperBound))
    }

    /// The version's own records.
    private var scores: TopicName { Topics.tripScores(settings.version).name }

    /// How long other partitions wait while some are restored.
    private static let restoringSlice = Duration.milliseconds(20)

    /// How long a poll waits while transactions of others are undecided.
    private static let decisionWait = Duration.milliseconds(5)

    /// Trips of one partition that are warmed at most.
    private static let warmLimit = 500

    private func absorb(_ records: [Record]) async throws {
        let batches = Dictionary(grouping: records) { $0.position.topicPartition }
        var outputs: [NewRecord] = []
        var offsets: [TopicPartition: Int64] = [:]
        var pointsTaken = 0
        for (source, batch) in batches.sorted(by: { $0.key < $1.key }) {
            let partition = source.partition
            guard let first = batch.first, let last = batch.last else { continue }
            precondition(partitions[partition] != nil, "records of \(source), not assigned")
            try await bringBack(batch, partition, before: first.position.offset)
            for record in batch { partitions[partition]?.absorb(record) }
            let next = last.position.offset + 1
            pointsTaken += partitions[partition]?.pointsTaken ?? 0
            outputs += partitions[partition]?.outputs(nextOffset: next) ?? []
            offsets[source] = next
        }
        observer.transaction(true)
        defer { observer.transaction(false) }
        let positions = try await member.commit(outputs: outputs, offsets: offsets)
        committed.merge(offsets) { $1 }
        count(outputs, points: pointsTaken, scores: partitions.values.flatMap(\.scores))
        for source in batches.keys { partitions[source.partition]?.committed() }
        try remember(outputs, at: positions)
        tidy()
        shrink()
    }

    /// Reads the trips of the batch that are known but not in memory back from the log.
    private func bringBack(_ batch: [Record], _ partition: Int, before end: Int64) async throws {
        var entries: [TripIndex.Entry] = []
        for key in Set(batch.map(\.key)) {
            let trip = String(decoding: key, as: UTF8.self)
            guard partitions[partition]?.holds(trip) == false,
                let entry = try index.entry(partition: partition, trip: trip)
            else { continue }
            entries.append(entry)
        }
        try await load(entries, partition, before: end)
    }

    /// Restores trips by one scan of their uploads, silent: all before `end` has been said.
    private func load(
        _ entries: [TripIndex.Entry], _ partition: Int, before end: Int64
    ) async throws {
        var loading = Loading(
            log, entries.filter { partitions[partition]?.holds($0.trip) == false }, partition,
            before: end)
        do {
            while try await loading.next(into: &partitions[partition]) {}
        } catch {
            // Half a trip must not pass for the whole one.
            for trip in loading.trips { partitions[partition]?.drop(trip) }
            throw error
        }
    }

    private func remember(_ outputs: [NewRecord], at positions: [Position]) throws {
        var entries: [Int: [(key: [UInt8], headers: [Header])]] = [:]
        var next: [Int: Int64] = [:]
        for (output, position) in zip(outputs, positions)
        where output.topicPartition.topic == scores {
            let partition = output.topicPartition.partition
            entries[partition, default: []].append((output.key, output.headers))
            next[partition] = position.offset + 1
        }
        for (partition, entries) in entries {
            try index.absorb(entries, partition: partition, next: next[partition] ?? 0)
        }
    }

    private func tidy() {
        steps += 1
        // A checkpoint that fails leaves the log of the index longer, and nothing else.
        if steps % Self.stepsToTidy == 0 { try? index.tidy() }
    }

    private func shrink() {
        let held = partitions.values.reduce(0) { $0 + $1.weight }
        guard held > settings.pointsInMemory else { return }
        // Some way below the limit, so that the next step need not do it again.
        let share = settings.pointsInMemory / max(partitions.count, 1) * 3 / 4
        for partition in partitions.keys { partitions[partition]?.shrink(to: share) }
    }

    /// Steps after which the index is tidied.
    private static let stepsToTidy = 64

    private func count(_ outputs: [NewRecord], points: Int, scores: [Int]) {
        let version = String(settings.version.number)
        Counter(label: "tacho_scorer_points_total", dimensions: [("version", version)])
            .increment(by: Int64(points))
        let histogram = Recorder(label: "tacho_trip_score", dimensions: [("version", version)])
        for score in scores { histogram.record(score) }
        for output in outputs
        where output.topicPartition.topic == Topics.deadLetters(settings.version) {
            let reason = output.headers.last { $0.name == DeadLetterHeader.exception }
            let word = String(decoding: reason?.value ?? [], as: UTF8.self)
            Counter(
                label: "tacho_dead_letters_total",
                dimensions: [("version", version), ("reason", word)]
            ).increment()
        }
    }
}
