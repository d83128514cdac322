import EmbeddedLog
import EventLog
import Pipeline
import Testing
import Topics
import Trips

@Test(arguments: Engine.allCases)
func `a scorer keeps its pace, pauses and goes on, and stays in its group`(
    engine: Engine
) async throws {
    let there = try await Installation(engine, versions: [1, 2])
    for number in 0..<60 {
        try await there.append("trip-\(number)", Upload(user: Traffic.owner, content: .start))
    }
    let settings = there.settings(1)
    settings.pace.set(uploadsPerSecond: 0, isPaused: true)
    let scorer = Scorer(log: there.log, settings: settings, now: { systemMilliseconds() })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await scorer.run() }
        func members() async throws -> Int {
            let groups = try await there.log.groups()
            return groups.first { $0.name == settings.version.scorerGroup }?.members.count ?? 0
        }
        try await there.wait { try await members() == 1 }
        // Another version with the same work shows that there was time enough.
        try await there.score(there.settings(2))
        #expect(try await there.log.committed(group: settings.version.scorerGroup).isEmpty)
        #expect(try await members() == 1)

        let began = ContinuousClock.now
        settings.pace.set(uploadsPerSecond: 50, isPaused: false)
        try await there.wait { try await there.isCaughtUp(settings.version) }
        #expect(ContinuousClock.now - began > .seconds(1), "60 uploads at 50 a second")

        settings.pace.set(uploadsPerSecond: 50, isPaused: true)
        try await there.append("another", Upload(user: Traffic.owner, content: .start))
        try await there.score(there.settings(2))
        settings.pace.set(uploadsPerSecond: 0, isPaused: false)
        try await there.wait { try await there.isCaughtUp(settings.version) }
        group.cancelAll()
    }
    #expect(try await there.results(1) == there.results(2))
}
