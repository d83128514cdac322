internal import EventLog
internal import Topics

/// How partitions that were given to a worker become as the log says, a step at a time.
extension ScorerSession {
    /// Goes on with the partitions that are not yet restored, for as long as the others may wait.
    ///
    /// - Returns: how long it can only wait now; nil where there is something to do.
    func restore() async throws -> Duration? {
        let deadline = ContinuousClock.now + Self.restoringSlice
        var waiting = 0
        var wait = Self.basePatience
        while waiting < restorations.count, .now < deadline {
            var restoration = restorations[0]
            do {
                switch try await advance(&restoration) {
                case .on: restorations[0] = restoration
                case .waiting(let patience):
                    // Others may have something to do.
                    wait = min(wait, patience)
                    restorations.removeFirst()
                    restorations.append(restoration)
                    waiting += 1
                case .done:
                    try await restored(restoration.source)
                    restorations.removeFirst()
                    shrink()
                }
            } catch {
                // Half of what is known must not pass for the whole: it begins anew.
                partitions[restoration.source.partition] = nil
                restorations[0] = Restoration(
                    source: restoration.source, offset: restoration.offset,
                    decision: Decision(for: settings, on: log))
                throw error
            }
        }
        return waiting > 0 && waiting == restorations.count ? wait : nil
    }

    /// How a restoration went on.
    private enum Advance {
        case on
        case waiting(Duration)
        case done
    }

    private func advance(_ restoration: inout Restoration) async throws -> Advance {
        let partition = restoration.source.partition
        switch restoration.phase {
        case .deciding(let decision):
            guard let found = try decision.outcome() else {
                return .waiting(Self.decisionPatience)
            }
            let source = TopicPartition(scores, partition)
            restoration.start = found.starts[restoration.source]
            if let done = found.committed[restoration.source], done > restoration.offset {
                // A commit that was not answered was done.
                try await begin(&restoration, at: done)
            }
            restoration.phase = .indexing(try unindexed(source, found.scores[source] ?? 0..<0))
        case .indexing(var scan):
            if let records = try await scan.next(), let last = records.last {
                try index.absorb(
                    records.map { .init(key: $0.key, value: $0.value, headers: $0.headers) },
                    partition: partition, next: last.position.offset + 1)
                restoration.phase = .indexing(scan)
                return .on
            }
            try index.absorb([], partition: partition, next: scan.end)
            if let base = settings.base, let start = restoration.start {
                restoration.phase = .seeding(
                    Seeding(log, from: base, to: settings.version, partition, at: start))
            } else {
                restoration.phase = .warming(try warming(restoration))
            }
        case .seeding(var seeding):
            return try await advance(&restoration, &seeding)
        case .warming(var loading):
            guard try await loading.next(into: &partitions[partition]) else { return .done }
            restoration.phase = .warming(loading)
        }
        return .on
    }

    /// The trips in progress, to be read into memory.
    private func warming(_ restoration: Restoration) throws -> Loading {
        let partition = restoration.source.partition
        partitions[partition] = PartitionScorer(partition: partition, settings: settings)
        let warm = try index.driving(
            partition: partition, since: now() - settings.warmMilliseconds, limit: Self.warmLimit)
        return Loading(log, warm, partition, before: restoration.offset)
    }

    private func advance(
        _ restoration: inout Restoration, _ seeding: inout Seeding
    ) async throws -> Advance {
        let source = restoration.source
        guard case .uploads(let most) = settings.pace.grant(upTo: settings.batch.records) else {
            return .waiting(Self.basePatience)
        }
        var limit = settings.batch
        limit.records = most
        let turn = try await seeding.next(limit: limit)
        restoration.phase = .seeding(seeding)
        switch turn {
        case .waiting: return .waiting(Self.basePatience)
        case .records(let records):
            settings.pace.spend(records.count)
            let outputs = try seeding.outputs(for: records) { trip in
                try index.entry(partition: source.partition, trip: trip)?.inherited
            }
            // Offset 0: nothing is scored yet, and the partition is still this worker's.
            if !outputs.isEmpty { try await commit(outputs, [source: 0]) }
            return .on
        case .done:
            var progress = Tacho_V1_Progress()
            progress.nextOffset = seeding.start
            let record = Topics.progress(settings.version).record(
                partition: source.partition, key: Topics.progressKey, value: progress)
            try await commit([record], [source: seeding.start])
            try await begin(&restoration, at: seeding.start)
            restoration.phase = .warming(try warming(restoration))
            return .on
        }
    }

    /// The partition's uploads come from here on.
    private func begin(_ restoration: inout Restoration, at offset: Int64) async throws {
        restoration.offset = offset
        restoration.start = nil
        committed[restoration.source] = offset
        mustRewind = true
        try await rewind()
    }

    private func commit(_ outputs: [NewRecord], _ offsets: [TopicPartition: Int64]) async throws {
        observer.transaction(true)
        defer { observer.transaction(false) }
        try remember(outputs, at: try await member.commit(outputs: outputs, offsets: offsets))
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
    var scores: TopicName { Topics.tripScores(settings.version).name }

    /// How long other partitions wait while some are restored.
    private static let restoringSlice = Duration.milliseconds(20)

    /// How long a poll waits while transactions of others are undecided.
    private static let decisionPatience = Duration.milliseconds(5)

    /// How long a poll waits while partitions wait for the base version, or for their pace.
    private static let basePatience = Duration.milliseconds(50)

    /// Trips of one partition that are warmed at most.
    private static let warmLimit = 500
}
