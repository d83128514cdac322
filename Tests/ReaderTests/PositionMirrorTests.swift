import EmbeddedLog
import EventLog
import Projection
import Testing
import Topics
import Trips

@testable import Reader

@Suite struct PositionMirrorTests {
    @Test func `lag tools see where a running projector stands`() async throws {
        try await Installation.run { installation in
            let last = try await installation.upload(
                "t1", Upload(user: user("ann"), content: .start))
            try await installation.score(message("t1"), after: last)
            try await until("it is mirrored") {
                let seen = try await installation.log.committed(group: "reader.v1.reader")
                return seen[last.topicPartition] == last.offset + 1
                    && seen == installation.projection.positions
            }
            let group = try await installation.log.groups().first {
                $0.name == "reader.v1.reader"
            }
            #expect(group?.members == [])
        }
    }

    @Test func `a projector that stops leaves its last positions, however long its interval`()
        async throws
    {
        try await Installation.run { installation in
            var settings = ProjectorSettings.quick
            settings.instance = "second"
            settings.mirrorInterval = .seconds(3_600)
            let projector = Projector(
                log: installation.log, projection: installation.projection, settings: settings
            ) { 0 }
            let run = Task { try await projector.run() }
            let last = try await installation.upload("t1", Upload(user: user("a"), content: .start))
            try await until("it is read") {
                installation.projection.positions[last.topicPartition] == last.offset + 1
            }
            run.cancel()
            try await run.value
            let seen = try await installation.log.committed(group: "reader.v1.second")
            #expect(seen[last.topicPartition] == last.offset + 1)
        }
    }

    @Test func `a mirror that the log refuses stops nothing, and goes on once it can`() async throws
    {
        try await Installation.run { installation in
            var settings = ProjectorSettings.quick
            settings.instance = "taken"
            let member = try await installation.log.join(
                group: "reader.v1.taken", topics: [Topics.tripUploads.name], member: "somebody")
            let projector = Projector(
                log: installation.log, projection: installation.projection, settings: settings
            ) { 0 }
            let run = Task { try await projector.run() }
            let last = try await installation.upload("t1", Upload(user: user("a"), content: .start))
            try await until("it is read") {
                installation.projection.positions[last.topicPartition] == last.offset + 1
            }
            await member.leave()
            try await until("it is mirrored") {
                let seen = try await installation.log.committed(group: "reader.v1.taken")
                return seen[last.topicPartition] == last.offset + 1
            }
            run.cancel()
            try await run.value
        }
    }
}
