public import EventLog
public import ReleasePlans
public import Topics

/// The `releases` topic, as one reads and writes it.
public struct ReleaseLog: Sendable {
    private let log: any EventLog
    private static let source = TopicPartition(Topics.releases.name, 0)

    /// The topic on this log.
    public init(_ log: any EventLog) { self.log = log }

    /// All that was released; an empty history where there is no topic yet.
    public func history() async throws(LogError) -> ReleaseHistory {
        var history = ReleaseHistory()
        do throws(LogError) {
            try await catchUp(&history)
        } catch {
            guard case .unknownPartition = error else { throw error }
        }
        return history
    }

    /// Reads on to where the topic ends now.
    public func catchUp(_ history: inout ReleaseHistory) async throws(LogError) {
        guard let range = try await log.offsets(of: Self.source.topic)[Self.source] else { return }
        // Compaction never touches the topic; somebody's retention may have.
        var next = max(history.nextOffset, range.lowerBound)
        while next < range.upperBound {
            let records = try await log.read(
                from: [Self.source: next], limit: ReadLimit(), wait: .zero)
            // What is left are marks of transactions.
            guard let last = records.last else { return }
            for record in records { history.take(record) }
            next = last.position.offset + 1
        }
    }

    /// Waits until the topic has more, and reads it.
    ///
    /// - Returns: whether there was more.
    public func follow(
        _ history: inout ReleaseHistory, wait: Duration
    ) async throws(LogError) -> Bool {
        let records = try await log.read(
            from: [Self.source: history.nextOffset], limit: ReadLimit(), wait: wait)
        for record in records { history.take(record) }
        return !records.isEmpty
    }

    /// Writes the next record, and brings the history to where it stands.
    ///
    /// The record gets an id and follows the history's last; what was on the log already, because
    /// an answer was lost on the way, is not written twice.
    ///
    /// - Returns: the entry as it counts.
    /// - Throws: ``Overtaken`` where somebody else was first.
    public func append(
        _ release: Tacho_V1_Release, to history: inout ReleaseHistory
    ) async throws -> ReleaseHistory.Entry {
        var release = release
        release.follows = history.last
        if release.id.isEmpty { release.id = String(UInt64.random(in: 1 ... .max), radix: 16) }
        let before = history.last
        let failure = await write(release)
        // After a lost answer the record may well be there.
        if let failure, !failure.mayHaveBeenDone { throw failure }
        try await catchUp(&history)
        if let entry = history.entry(id: release.id) { return entry }
        if let failure { throw failure }
        let own = history.entries.last { $0.release.id == release.id }
        if case .senseless(let reason) = own?.void { throw Senseless(reason: reason) }
        throw Overtaken(
            by: history.entries.first { $0.void == nil && $0.release.follows == before })
    }
}

extension ReleaseLog {
    /// Appends the record; what went wrong, where something did.
    private func write(_ release: Tacho_V1_Release) async -> LogError? {
        do throws(LogError) {
            _ = try await log.append([
                Topics.releases.record(partition: 0, key: "release", value: release)
            ])
            return nil
        } catch {
            return error
        }
    }
}

/// Somebody else released first; nothing came of this step.
public struct Overtaken: Error, Sendable {
    /// What the other one did.
    public let by: ReleaseHistory.Entry?
}

/// The step was written, and there was nothing for it to do.
public struct Senseless: Error, Sendable {
    /// Why.
    public let reason: String
}

extension LogError {
    /// Whether the call may have been done although it failed.
    fileprivate var mayHaveBeenDone: Bool {
        if case .unavailable = self { true } else { false }
    }
}
