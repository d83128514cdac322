internal import EventLog
internal import Metrics
internal import Topics

/// One membership of a scorer: what it holds in memory, and how it moves on.
///
/// Used by one task at a time.
final class ScorerSession {
    let log: any EventLog
    let member: any GroupMember
    let settings: ScorerSettings
    let observer: ScorerObserver
    let index: TripIndex
    let now: @Sendable () -> Int64
    var partitions: [Int: PartitionScorer] = [:]
    var committed: [TopicPartition: Int64] = [:]
    /// Whether the member does not stand where the log does.
    var mustRewind = false
    private var isHalted = false
    /// Whether the last poll brought as much as a batch takes.
    private var isBehind = false
    private var shownPace: Double?
    /// Partitions that were given to this worker and are not yet as the log says; they are paused
    /// while the others go on.
    var restorations: [Restoration] = []
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
        try await rewind()
        try await keepPace()
        let patience = try await restore()
        var limit = isBehind ? settings.catchUpBatch ?? settings.batch : settings.batch
        if !isHalted {
            guard let uploads = try await granted(upTo: limit.records) else { return }
            limit.records = uploads
        }
        let wait = patience ?? (restorations.isEmpty ? settings.pollWait : .zero)
        switch try await member.poll(limit: limit, wait: wait) {
        case .assigned(let offsets):
            committed.merge(offsets) { $1 }
            // What went to others and came back may have moved meanwhile.
            restorations.removeAll { offsets[$0.source] != nil }
            for source in offsets.keys { partitions[source.partition] = nil }
            guard !offsets.isEmpty else { return }
            try await member.pause(Array(offsets.keys))
            let decision = Decision(for: settings, on: log)
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
            isBehind = records.count >= settings.batch.records
            guard !records.isEmpty else { return }
            settings.pace.spend(records.count)
            do {
                try await absorb(records)
            } catch {
                for partition in partitions.keys { partitions[partition]?.aborted() }
                mustRewind = true
                throw error
            }
        }
    }

    /// Goes to where the log stands, unless the member is there.
    func rewind() async throws {
        guard mustRewind else { return }
        try await member.rewind(to: committed)
        mustRewind = false
    }

    /// Lets partitions bring nothing while the pace is paused, and tells of the pace.
    private func keepPace() async throws {
        let figure = settings.pace.figure
        if figure != shownPace {
            let version = String(settings.version.number)
            Gauge(
                label: "tacho_scorer_pace_uploads_per_second", dimensions: [("version", version)]
            ).record(figure)
            shownPace = figure
        }
        guard settings.pace.isPaused != isHalted else { return }
        let restoring = Set(restorations.map(\.source))
        let running = committed.keys.filter { !restoring.contains($0) }
        if isHalted { try await member.resume(running) } else { try await member.pause(running) }
        isHalted.toggle()
    }

    /// How many uploads may come now, or nil once a while has passed in which none may.
    private func granted(upTo wanted: Int) async throws -> Int? {
        switch settings.pace.grant(upTo: wanted) {
        case .uploads(let count): return count
        case .nothing(let wait):
            // Who is stopped meanwhile sees it at the next look.
            try? await Task.sleep(for: min(wait, Self.longestPacing))
            return nil
        }
    }

    /// How long a session that waits for its pace does not look at anything else.
    private static let longestPacing = Duration.milliseconds(100)

    /// The partition is as the log says: its uploads may come.
    func restored(_ source: TopicPartition) async throws {
        if !isHalted { try await member.resume([source]) }
    }

    /// Goes on at the first record kept, where retention removed those before it.
    func skip(_ source: TopicPartition, to offset: Int64) {
        committed[source] = offset
        mustRewind = true
    }

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
        for entry in entries where entry.isStraddling { partitions[partition]?.say(entry.trip) }
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
            for entry in loading.entries { partitions[partition]?.drop(entry.trip) }
            throw error
        }
    }

    func remember(_ outputs: [NewRecord], at positions: [Position]) throws {
        var entries: [Int: [TripIndex.Said]] = [:]
        var next: [Int: Int64] = [:]
        for (output, position) in zip(outputs, positions)
        where output.topicPartition.topic == scores {
            let partition = output.topicPartition.partition
            entries[partition, default: []].append(
                TripIndex.Said(key: output.key, value: output.value, headers: output.headers))
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

    func shrink() {
        let held = partitions.values.reduce(0) { $0 + $1.weight }
        guard held > settings.pointsInMemory else { return }
        // Some way below the limit, so that the next step need not do it again.
        let share = settings.pointsInMemory / max(partitions.count, 1) * 3 / 4
        // Of a trip that is dropped while it is read back, the rest would pass for the whole.
        let restoring = Set(restorations.map(\.source.partition))
        for partition in partitions.keys where !restoring.contains(partition) {
            partitions[partition]?.shrink(to: share)
        }
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
