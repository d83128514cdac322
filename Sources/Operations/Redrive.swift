public import EventLog
internal import Topics

/// A record of `trip-uploads` that a redrive appended.
public struct RedriveCopy: Equatable, Sendable {
    /// The first upload of all that it is a copy of.
    public let origin: Position
    /// The dead letter that it was copied from.
    public let letter: Position
    /// Where it lies.
    public let position: Position
}

/// What a redrive has done.
public struct RedriveRun: Equatable, Sendable {
    /// What it appended, in order.
    public internal(set) var copies: [RedriveCopy] = []
    /// Of these retention removed the record since the plan was made.
    public internal(set) var gone: [DeadLetterOrigin] = []
    /// Of these the log takes no copy: with where it comes from it is too large.
    public internal(set) var tooLarge: [DeadLetterOrigin] = []

    /// Nothing yet.
    public init() {}

    /// Origins that it is through with.
    public var done: Int { copies.count + gone.count + tooLarge.count }
}

/// What became of copies.
public struct RedriveOutcome: Equatable, Sendable {
    /// Copies that the group has consumed, and that are no dead letters.
    public internal(set) var passed: [RedriveCopy] = []
    /// Copies that became dead letters again.
    public internal(set) var failed: [DeadLetter] = []
    /// Copies that the group is still to consume.
    public internal(set) var waiting: [RedriveCopy] = []
}

extension DeadLetters {
    /// Copies that one append takes, so that many of them are not held at once.
    public static let copiesAnAppend = 100
    /// Bytes after which an append takes no more of them.
    public static let bytesAnAppend = 8 << 20

    /// Which of the origins are to be redriven; changes nothing.
    ///
    /// - Parameter again: whether also those are redriven of which there is a copy.
    public func plan(
        _ origins: [DeadLetterOrigin], again: Bool
    ) async throws(LogError) -> RedrivePlan {
        let homes = try await log.offsets(of: Topics.tripUploads.name).keys
        return RedrivePlan(origins, again: again, homes: Set(homes))
    }

    /// Appends the copies, in order.
    ///
    /// A copy whose append was answered with an error may be there or not; asking for
    /// ``origins(_:progress:)`` again tells, and a plan made of that leaves out what is there.
    ///
    /// - Parameter appended: told after each append what was done so far.
    /// - Returns: what was done in all.
    public func execute(
        _ plan: RedrivePlan, appended: (RedriveRun) -> Void = { _ in }
    ) async throws(LogError) -> RedriveRun {
        var run = RedriveRun()
        var rest = plan.redriven[...]
        while !rest.isEmpty {
            let batch = Self.batch(of: rest)
            rest = rest.dropFirst(batch.count)
            let originals = try await originals(of: batch.map(\.last))
            var copies: [(DeadLetterOrigin, NewRecord)] = []
            for origin in batch {
                if let copy = originals[origin.last.position]?.copy(for: origin.last) {
                    copies.append((origin, copy))
                } else {
                    run.gone.append(origin)
                }
            }
            try await append(copies, &run)
            appended(run)
        }
        return run
    }

    /// As many as one append takes, at least one.
    private static func batch(of origins: ArraySlice<DeadLetterOrigin>) -> [DeadLetterOrigin] {
        var bytes = 0
        var batch: [DeadLetterOrigin] = []
        for origin in origins.prefix(copiesAnAppend) {
            bytes += origin.last.size
            if bytes > bytesAnAppend, !batch.isEmpty { break }
            batch.append(origin)
        }
        return batch
    }

    private func append(
        _ copies: [(origin: DeadLetterOrigin, record: NewRecord)], _ run: inout RedriveRun
    ) async throws(LogError) {
        do {
            let positions = try await log.append(copies.map(\.record))
            for (copy, position) in zip(copies, positions) {
                run.copies.append(
                    RedriveCopy(
                        origin: copy.origin.position, letter: copy.origin.last.position,
                        position: position))
            }
        } catch {
            guard case .recordTooLarge = error else { throw error }
            guard copies.count > 1 else {
                run.tooLarge += copies.map(\.origin)
                return
            }
            // Nothing of it was appended: one by one those go that may.
            for copy in copies { try await append([copy], &run) }
        }
    }

    /// Whether the group has consumed all of the copies.
    public func hasPassed(_ copies: [RedriveCopy]) async throws(LogError) -> Bool {
        let committed = try await log.committed(group: version.scorerGroup)
        return copies.allSatisfy { $0.position.isBefore(committed) }
    }

    /// What has become of copies by now.
    public func outcome(of copies: [RedriveCopy]) async throws(LogError) -> RedriveOutcome {
        let committed = try await log.committed(group: version.scorerGroup)
        var outcome = RedriveOutcome()
        outcome.waiting = copies.filter { !$0.position.isBefore(committed) }
        let passed = copies.filter { $0.position.isBefore(committed) }
        let positions = Set(passed.map(\.position))
        // Letters and positions are committed together: those of what has passed are there.
        outcome.failed = try await all().filter { $0.origin.map(positions.contains) ?? false }
        let failed = Set(outcome.failed.compactMap(\.origin))
        outcome.passed = passed.filter { !failed.contains($0.position) }
        return outcome
    }
}
