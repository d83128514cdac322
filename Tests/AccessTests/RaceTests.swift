import Access
import EmbeddedLog
import EventLog
import Foundation
import Loopback
import Testing
import Topics
import Trips

/// Two who write to the same new trip at once.
@Suite struct RaceTests {
    @Test func `whoever of racing first writers comes first owns the trip alone`() async throws {
        try await Premises.open { premises in
            let users = ["ann", "bob", "carl", "dora"]
            let tokens = try users.map { try premises.token($0, .driver) }
            for round in 0..<20 {
                let trip = "raced-\(round)"
                let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                    for (index, token) in tokens.enumerated() {
                        group.addTask {
                            let time = Premises.now * 1_000 + Int64(index)
                            let body = """
                                {"points": [{"time": \(time), "latitude": \(index), "longitude": 1}]}
                                """
                            return try await premises.ask(
                                "POST", "/v1/trips/\(trip)/points", token: token,
                                [("content-type", "application/json")], body: body
                            ).status
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                // Nobody knows the owner yet: all of them are taken, and the log decides.
                #expect(answers == [202, 202, 202, 202])
                let uploads = try await Self.uploads(of: trip, premises)
                var state = TripState()
                var refused = 0
                for upload in uploads {
                    if case .refused(.foreignTrip) = state.absorb(upload, limits: TripLimits()) {
                        refused += 1
                    }
                }
                #expect(refused == 3)
                #expect(state.owner == uploads.first?.user)
                #expect(state.points.ordered.count == 1)
            }
        }
    }

    private static func uploads(of trip: String, _ premises: Premises) async throws -> [Upload] {
        let partition = Partitioner.partition(of: trip.utf8, count: Premises.partitions)
        let source = TopicPartition(Topics.tripUploads.name, partition)
        let records = try await premises.log.read(
            from: [source: 0], limit: ReadLimit(records: 10_000), wait: .zero)
        return try records.filter { $0.key == Array(trip.utf8) }.map {
            try Topics.tripUploads.decode(try #require($0.value))
        }
    }
}
