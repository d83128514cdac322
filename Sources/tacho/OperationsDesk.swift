import EventLog
import Foundation
import Operations
import ReleasePlans
import Site
import Topics

/// What the operator's page is told, looked up at most every other second, however many ask.
actor OperationsDesk {
    /// How long what was looked up is good.
    private static let interval = Duration.seconds(2)
    /// Bytes that the page of a comparison may have.
    private static let diffLimit = 4 << 20

    private let log: any EventLog
    private let follower: ReleaseFollower
    /// The last look at the groups, which somebody else takes.
    nonisolated let lag = LagBoard()
    private let installation: Installation
    private var letters = LetterBoard()
    private var looked: ContinuousClock.Instant?
    private var looking: Task<Void, any Error>?

    init(log: any EventLog, follower: ReleaseFollower, installation: Installation) {
        self.log = log
        self.follower = follower
        self.installation = installation
    }

    /// The report as it is now.
    func report() async throws -> OperationsReport {
        if looked.map({ .now - $0 > Self.interval }) ?? true {
            let task = looking ?? Task { try await look() }
            looking = task
            try await task.value
        }
        let seen = lag.last
        return OperationsReport(
            history: follower.history,
            groups: seen.map { look in
                (
                    look.groups.map { group in
                        OperationsReport.Group(
                            name: group.status.group.name, state: group.state?.rawValue,
                            members: group.status.description.members.count,
                            lagRecords: group.status.lag.records,
                            lagSeconds: group.status.lag.seconds)
                    }, look.milliseconds
                )
            },
            letters: letters.letters, hasMoreLetters: letters.hasMore, diff: diff())
    }

    private func look() async throws {
        defer { looking = nil }
        var letters = letters
        try await letters.look(follower.history.kept.map(\.version), on: log)
        self.letters = letters
        looked = .now
    }

    private func diff() -> (page: String, madeMilliseconds: Int64)? {
        let path = installation.path(DiffReport.fileName)
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
            let size = facts[.size] as? Int, size <= Self.diffLimit,
            let made = facts[.modificationDate] as? Date,
            let data = FileManager.default.contents(atPath: path)
        else { return nil }
        return (
            String(decoding: data, as: UTF8.self), Int64(made.timeIntervalSince1970 * 1_000)
        )
    }
}
