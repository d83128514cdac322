public import EventLog
internal import Topics

/// What a redrive is to do, and what is left out and why.
public struct RedrivePlan: Sendable {
    /// Those whose last letter is copied back.
    public private(set) var redriven: [DeadLetterOrigin] = []
    /// Those left out, as a copy of them is under way or went through.
    public private(set) var done: [DeadLetterOrigin] = []
    /// Those left out, as their headers do not say where they came from.
    public private(set) var homeless: [DeadLetterOrigin] = []

    /// Decides.
    ///
    /// - Parameter again: whether also those are redriven of which there is a copy.
    public init(_ origins: [DeadLetterOrigin], again: Bool) {
        for origin in origins {
            if origin.last.origin == nil {
                homeless.append(origin)
            } else if origin.state != .open && !again {
                done.append(origin)
            } else {
                redriven.append(origin)
            }
        }
    }
}

/// What became of copies.
public struct RedriveOutcome: Equatable, Sendable {
    /// Copies that the group has consumed, and that are no dead letters.
    public var passed: [Position] = []
    /// Copies that became dead letters again.
    public var failed: [DeadLetter] = []
    /// Copies that the group is still to consume.
    public var waiting: [Position] = []
}

extension DeadLetters {
    /// Copies that one append takes, so that many of them are not held at once.
    public static let copiesAnAppend = 100

    /// Appends the copies, in order.
    ///
    /// A copy whose append was answered with an error may be there or not; asking for
    /// ``origins()`` again tells.
    ///
    /// - Parameter appended: told after each append where the copies so far lie.
    /// - Returns: where all lie.
    public func execute(
        _ plan: RedrivePlan, appended: ([Position]) -> Void = { _ in }
    ) async throws(LogError) -> [Position] {
        var positions: [Position] = []
        var rest = plan.redriven[...]
        while !rest.isEmpty {
            var copies: [NewRecord] = []
            for origin in rest.prefix(Self.copiesAnAppend) {
                // Retention may have taken the letter since.
                if let copy = try await record(at: origin.last.position)?.redriven() {
                    copies.append(copy)
                }
            }
            rest = rest.dropFirst(Self.copiesAnAppend)
            guard !copies.isEmpty else { continue }
            positions += try await log.append(copies)
            appended(positions)
        }
        return positions
    }

    /// Whether the group has consumed all of the copies.
    public func hasPassed(_ copies: [Position]) async throws(LogError) -> Bool {
        let committed = try await log.committed(group: version.scorerGroup)
        return copies.allSatisfy { committed[$0.topicPartition] ?? 0 > $0.offset }
    }

    /// What has become of copies by now.
    public func outcome(of copies: [Position]) async throws(LogError) -> RedriveOutcome {
        let committed = try await log.committed(group: version.scorerGroup)
        var outcome = RedriveOutcome()
        var passed = Set<Position>()
        for copy in copies {
            if committed[copy.topicPartition] ?? 0 > copy.offset {
                passed.insert(copy)
            } else {
                outcome.waiting.append(copy)
            }
        }
        // Letters and positions are committed together: those of what has passed are there.
        outcome.failed = try await all().filter { $0.origin.map(passed.contains) ?? false }
        let failed = Set(outcome.failed.compactMap(\.origin))
        outcome.passed = copies.filter { passed.contains($0) && !failed.contains($0) }
        return outcome
    }
}
