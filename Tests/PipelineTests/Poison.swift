import EventLog
import Testing
import Topics
import Trips

/// Uploads that a scorer with room for three points a trip cannot use, one or two of each reason,
/// between uploads that it can.
struct Poison {
    struct Bad {
        let reason: String
        let record: NewRecord
    }

    static let partition = TopicPartition(Topics.tripUploads.name, 2)
    static let limits = TripLimits(points: 3)

    /// In the order in which they are appended; nil marks where a good one goes.
    let bad: [Bad]
    let good: [NewRecord]

    init() {
        let many = Self.points(0..<4)
        bad = [
            Bad(reason: "undecodable", record: Self.record("t", [0xff, 0xff])),
            Bad(reason: "undecodable", record: Self.record("t", [])),
            Bad(reason: "noValue", record: Self.record("t", nil)),
            Bad(reason: "badKey", record: Self.record("no trip id", [0x0a, 0x00])),
            Bad(reason: "badKey", record: Self.record("", Self.encoded(many))),
            Bad(
                reason: "foreignTrip",
                record: Self.record("t", Self.encoded(.start, user: Traffic.stranger))),
            Bad(reason: "tripFull", record: Self.record("t", Self.encoded(many))),
            Bad(reason: "tripDeleted", record: Self.record("deleted", Self.encoded(.start))),
        ]
        good = [
            Self.record("t", Self.encoded(Self.points(0..<2))),
            Self.record("deleted", Self.encoded(.deletion)),
        ]
    }

    /// Appends the good ones, then the bad ones with an upload of another trip behind each.
    func append(to log: any EventLog) async throws -> [(bad: Bad, position: Position)] {
        _ = try await log.append(good)
        var appended: [(Bad, Position)] = []
        for (index, bad) in bad.enumerated() {
            appended.append((bad, try await log.append([bad.record])[0]))
            let next = Self.record("well-\(index)", Self.encoded(Self.points(0..<1)))
            _ = try await log.append([next])
        }
        return appended
    }

    static func points(_ times: Range<Int64>) -> Upload.Content {
        .points(
            times.map {
                Point(timeMilliseconds: 1_700_000_000_000 + $0, latitudeE7: 1, longitudeE7: 1)
            })
    }

    static func encoded(_ content: Upload.Content, user: UserID = Traffic.owner) -> [UInt8] {
        UploadCodec.encode(Upload(user: user, content: content))
    }

    /// With headers that come twice, that are no text, and that look like those of a dead letter.
    static func record(_ key: String, _ value: [UInt8]?) -> NewRecord {
        NewRecord(
            to: partition, key: Array(key.utf8), value: value,
            headers: [
                Header("ce_id", "x"), Header("twice", "1"), Header("twice", "2"),
                Header("bytes", [0, 0xff]), Header("empty", []),
                Header(DeadLetterHeader.offset, "999"), Header(DeadLetterHeader.topic, "elsewhere"),
            ])
    }
}
