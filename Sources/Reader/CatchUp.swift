public import EventLog
internal import HTTPTypes
public import Hummingbird
internal import Logging
public import Projection
internal import SQLite
internal import Topics
public import Trips
internal import Web

/// Reads for callers that know nothing of positions: what was on the log when they asked is shown.
extension Reader {
    /// What an answer is to show of the log as it stood when the request came.
    public enum Horizon: Sendable {
        /// Everything of one trip.
        case trip(TripID)
        /// Everything of every trip.
        case trips
        /// Everything of every user, trips and profile.
        case users
    }

    /// Answers by the projection that is live, or that the request names, once it shows all that
    /// the log had when this was called.
    ///
    /// - Throws: ``Problem``: 503 where that takes longer than ``ReaderSettings/readAfterWait``, or
    ///   the log cannot be asked; what `answer` throws.
    public func current<Answer>(
        _ horizon: Horizon, for request: Request, _ answer: (Projection) throws -> Answer
    ) async throws -> Answer {
        let wanted = try request.headers[.tachoVersion].map { try version($0) }
        let deadline = ContinuousClock.now + settings.readAfterWait
        var missing: [Needed]?
        while true {
            guard let pass = versions.enter(wanted) else { throw notServed(wanted) }
            defer { versions.leave(pass) }
            guard !pass.projector.health.isRebuilding else { throw Self.rebuilding }
            let needed: [Needed]
            if let missing {
                needed = missing
            } else {
                needed = try await self.needed(for: horizon, on: pass.projector.log)
                missing = needed
            }
            guard try await shows(needed, pass.projector, wanted == nil, deadline) else { continue }
            return try queried { try answer(pass.projector.projection) }
        }
    }

    /// Answers by what the live projection shows now; nil where there is less in it than there was.
    public func glance<Answer>(_ answer: (Projection) throws -> Answer) throws -> Answer? {
        guard let pass = versions.enter(nil) else { return nil }
        defer { versions.leave(pass) }
        guard !pass.projector.health.isRebuilding else { return nil }
        return try queried { try answer(pass.projector.projection) }
    }

    /// Waits until a record of `trip-uploads` or `users` is visible in the live version.
    ///
    /// - Returns: whether it became so within ``ReaderSettings/readAfterWait``.
    public func waits(for position: Position) async -> Bool {
        let deadline = ContinuousClock.now + settings.readAfterWait
        let isOfUser = position.topicPartition.topic == Topics.users.name
        while let pass = versions.enter(nil) {
            defer { versions.leave(pass) }
            let projector = pass.projector
            let end = await (isOfUser ? projector.profileVisibility : projector.visibility).wait(
                partition: position.topicPartition.partition, offset: position.offset,
                atMost: deadline - .now, follows: true)
            if end != .moved { return end == .visible }
        }
        return false
    }

    /// What a query of the file throws is the world's fault, and said in the log.
    private func queried<Answer>(_ query: () throws -> Answer) throws -> Answer {
        do {
            return try query()
        } catch let error as SQLiteError {
            Self.logger.error("A query failed.", metadata: ["error": "\(error)"])
            throw Self.unreadable
        }
    }

    private static let logger = Logger(label: "tacho.reader")

    /// A partition, and where it ended.
    private struct Needed: Sendable {
        var ends: LogEnds
        var visibility: @Sendable (Projector) -> Visibility
        var partition: Int
        var end: Int64

        func isShown(by projector: Projector) -> Bool {
            visibility(projector).next(of: partition) >= end
        }
    }

    private func needed(
        for horizon: Horizon, on log: any EventLog
    ) async throws -> [Needed] {
        do {
            let ends = try await uploadEnds.ends(on: log)
            var needed = ends.map {
                Needed(ends: uploadEnds, visibility: \.visibility, partition: $0, end: $1)
            }
            if case .trip(let trip) = horizon {
                let own = Partitioner.partition(of: trip.rawValue.utf8, count: ends.count)
                needed.removeAll { $0.partition != own }
            }
            if case .users = horizon {
                let ends = try await profileEnds.ends(on: log)
                needed += ends.map {
                    Needed(
                        ends: profileEnds, visibility: \.profileVisibility, partition: $0, end: $1)
                }
            }
            return needed
        } catch {
            throw Problem(
                .serviceUnavailable, "Log unavailable",
                detail: "The log cannot be read now; try again.", retryAfterSeconds: 1)
        }
    }

    /// Whether the projector shows what is needed; where not, another version is to be asked.
    private func shows(
        _ needed: [Needed], _ projector: Projector, _ follows: Bool,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Bool {
        let missing = needed.filter { !$0.isShown(by: projector) }
        guard missing.count > 1 else {
            guard let one = missing.first else { return true }
            return try await waits(for: one, projector, follows, deadline)
        }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for one in missing {
                group.addTask { try await waits(for: one, projector, follows, deadline) }
            }
            return try await group.allSatisfy { $0 }
        }
    }

    private func waits(
        for one: Needed, _ projector: Projector, _ follows: Bool,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Bool {
        // Marks of transactions at a partition's end are never read, so a look tells after a while.
        while !one.isShown(by: projector) {
            let visibility = one.visibility(projector)
            let end = await visibility.wait(
                partition: one.partition, offset: one.end - 1,
                atMost: min(settings.endLookAfter, deadline - .now), follows: follows)
            switch end {
            case .visible: continue
            case .moved: return false
            case .tooMany: throw Self.notThere("Too many requests wait to be answered.")
            case .late:
                guard .now < deadline, !Task.isCancelled else {
                    throw Self.notThere("What was sent before is not visible yet; ask again.")
                }
                one.ends.look(
                    in: one.partition, before: one.end, of: visibility, on: projector.log)
            }
        }
        return true
    }

    private static func notThere(_ detail: String) -> Problem {
        Problem(.serviceUnavailable, "Not there yet", detail: detail, retryAfterSeconds: 1)
    }
}
