import EmbeddedLog
import EventLog
import Foundation
import Projection
import Testing
import Topics
import Trips

@testable import Reader

private func options() -> EmbeddedLog.Options {
    var options = EmbeddedLog.Options()
    options.compaction.dirtyRatio = 0
    options.compaction.dirtyRecords = 1
    options.compaction.minimumAgeMilliseconds = 1_000
    return options
}

@Test func `a projection made from compacted topics is the one made from all records`()
    async throws
{
    try await Installation.run(options: options()) { installation in
        var last: Position?
        for round in 0..<6 {
            for number in 0..<9 {
                let trip = "t\(number)"
                let seconds = Int64(round * 20)..<Int64(round * 20 + 20)
                let upload = Upload(user: user("ann"), content: .points(points(seconds)))
                last = try await installation.upload(trip, upload)
                var said = message(trip)
                said.distanceM = Int64(1_000 * (round + 1))
                try await installation.score(said, after: try #require(last))
            }
        }
        func isWhole(_ projection: Projection) async throws -> Bool {
            for topic in [Topics.tripUploads.name, Topics.tripScores(.first).name] {
                for (source, range) in try await installation.log.offsets(of: topic)
                where projection.positions[source, default: 0] < range.upperBound { return false }
            }
            return true
        }
        try await until("all is read") { try await isWhole(installation.projection) }
        let gone = try await installation.log.compact(now: 1_767_225_700_000 + 60_000)
        #expect(gone.records > 80, "5 of 6 scores of every trip, and progress")
        let folder = installation.path + "/another"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let projection = try Projection(directory: folder, version: .first)
        let projector = Projector(
            log: installation.log, projection: projection, settings: .quick
        ) { 1_767_225_700_000 }
        let run = Task { try await projector.run() }
        try await until("another one has read what is left") { try await isWhole(projection) }
        run.cancel()
        try await run.value
        #expect(projection.progress == installation.projection.progress)
        for number in 0..<9 {
            let trip = try #require(TripID("t\(number)"))
            let row = try #require(try projection.row(of: trip))
            #expect(try installation.projection.row(of: trip) == row)
            #expect(row.distanceMeters == 6_000)
            #expect(try installation.projection.track(of: trip) == projection.track(of: trip))
            #expect(try projection.track(of: trip)?.count == 120)
        }
    }
}
