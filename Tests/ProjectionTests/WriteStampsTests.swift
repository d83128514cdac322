import EventLog
@testable import Projection
import SeededRandom
import Synchronization
import Testing
import Topics
import Trips

@Suite struct WriteStampsTests {
    /// What was read of a subject, and the stamp taken before.
    private struct Kept {
        var read: [String]
        var stamp: WriteStamps.Stamp
    }

    /// What the tasks of a test share.
    private final class Shared: Sendable {
        let committed = Mutex(Int64(0))
        let memory = Mutex<(value: Int64, stamp: WriteStamps.Stamp)?>(nil)
    }

    private func read(
        _ subject: WriteStamps.Subject, _ projection: Projection
    ) throws -> [String] {
        switch subject {
        case .trip(let trip):
            let track = try projection.track(of: trip)?.count ?? -1
            return ["\(try projection.document(.trip, of: trip) { _ in false })", "\(track)"]
        case .user(let user):
            return ["\(try page(.init(user: user), projection))"]
        case .everybody:
            return ["\(try page(.init(), projection))"]
        }
    }

    private func page(
        _ filter: TripFilter, _ projection: Projection
    ) throws -> Projection.FoundPage {
        try projection.documents(filter, after: nil, limit: 3) { _ in false }
    }

    private var subjects: [WriteStamps.Subject] {
        (0..<6).map { .trip(trip("t\($0)")) } + (0..<3).map { .user("u\($0)") } + [.everybody]
    }

    /// A change of any kind: rows of whomever, deleted and forgotten trips, uploads, showings.
    private func write(
        _ projection: Projection, _ offset: inout Int64, _ random: inout SplitMix
    ) throws {
        var change = ProjectionBatch()
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            offset += 1
            let name = "t\(Int.random(in: 0..<6, using: &random))"
            let status = TripRow.Status(rawValue: Int64.random(in: 1...3, using: &random))!
            let changed = row(
                name, user: "u\(Int.random(in: 0..<3, using: &random))", status: status,
                start: Int64.random(in: 1...4, using: &random), lastUpload: offset)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: change.trips.append((score(offset), .forgotten(trip(name))))
            case 1: try projection.show([changed])
            case 2:
                change.blocks += batch(offset..<offset + 1).blocks.map {
                    .init(
                        position: $0.position, trip: trip(name), milliseconds: 1, value: $0.value)
                }
            default: change.trips.append((score(offset), .row(changed)))
            }
        }
        change.positions[upload(0).topicPartition] = offset + 1
        try projection.apply(change)
    }

    @Test(arguments: UInt64(1)...30) func `what holds is what would be read`(
        seed: UInt64
    ) throws {
        let scratch = try Scratch()
        let projection = try Projection(directory: scratch.path, version: .first)
        var random = SplitMix(seed: seed)
        var kept: [WriteStamps.Subject: Kept] = [:]
        var offset: Int64 = 0
        var held = 0
        // Every upload shows as soon as it is there: of what else it waits for, no stamp tells.
        var progress = ProjectionBatch()
        progress.progress[0] = 1_000
        try projection.apply(progress)
        for step in 0..<60 {
            if step == 40 { try projection.remake() }
            for subject in subjects where Bool.random(using: &random) {
                let stamp = try #require(projection.stamps.stamp(of: subject))
                kept[subject] = Kept(read: try read(subject, projection), stamp: stamp)
            }
            try write(projection, &offset, &random)
            for (subject, kept) in kept where projection.stamps.holds(kept.stamp) {
                held += 1
                #expect(try read(subject, projection) == kept.read, "\(subject), seed \(seed)")
            }
        }
        #expect(held > 60, "most of what did not change holds")
    }

    @Test func `while it is written, nothing is to be kept`() {
        let stamps = WriteStamps()
        let before = stamps.stamp(of: .user("a"))
        stamps.raise([.user("a")])
        #expect(stamps.stamp(of: .user("a")) == nil)
        #expect(before.map(stamps.holds) == false)
        // Named twice, as a batch may do it.
        stamps.raise([.user("a")])
        #expect(stamps.stamp(of: .user("a")) == nil)
        stamps.settle()
        #expect(stamps.stamp(of: .user("a")) != nil)
        #expect(before.map(stamps.holds) == false)
    }

    @Test func `what a writer has committed is never held back from readers beside it`()
        async throws
    {
        let scratch = try Scratch()
        let projection = try Projection(directory: scratch.path, version: .first)
        try projection.show([row("a", lastUpload: 0)])
        let shared = Shared()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in Int64(1)...1_500 {
                    try projection.show([row("a", lastUpload: number)])
                    shared.committed.withLock { $0 = number }
                    await Task.yield()
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    while shared.committed.withLock({ $0 }) < 1_500 {
                        try Task.checkCancellation()
                        await Task.yield()
                        let least = shared.committed.withLock { $0 }
                        if let kept = shared.memory.withLock({ $0 }),
                            projection.stamps.holds(kept.stamp)
                        {
                            #expect(kept.value >= least)
                            continue
                        }
                        let stamp = projection.stamps.stamp(of: .trip(trip("a")))
                        let value = try #require(try projection.row(of: trip("a"))).lastUpload
                        #expect(value >= least)
                        if let stamp { shared.memory.withLock { $0 = (value, stamp) } }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
