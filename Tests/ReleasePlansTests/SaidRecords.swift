import EventLog
import Topics

/// Records as scorers write them.
enum Said {
    static let version = Version(2)!

    /// A version's word on a trip after an upload.
    static func record(
        _ trip: String, upload: Int64, score: Int? = 80, events: [String] = [],
        status: Tacho_V1_TripStatus = .driving, state: String? = nil, rules: String = "default",
        name: String = ""
    ) -> Record {
        var message = Tacho_V1_TripScore()
        message.trip = trip
        message.status = status
        if status != .deleted {
            if let score { message.score = UInt32(score) }
            message.name = name
            message.rules.name = rules
            message.events = events.map { id in
                var event = Tacho_V1_DrivingEvent()
                event.id = id
                return event
            }
        }
        return record(
            trip, Topics.tripScores(version).encode(message),
            [
                Header(TachoHeader.lastUpload, "\(upload)"),
                Header(TachoHeader.state, state ?? (status == .deleted ? "deleted" : "driving")),
            ])
    }

    /// That every upload before an offset is passed.
    static func progress(_ next: Int64) -> Record {
        var message = Tacho_V1_Progress()
        message.nextOffset = next
        return record(Topics.progressKey, Topics.progress(version).encode(message), [])
    }

    static func record(_ key: String, _ value: [UInt8]?, _ headers: [Header]) -> Record {
        Record(
            position: Position(TopicPartition(Topics.tripScores(version).name, 0), offset: 0),
            timestampMilliseconds: 0, key: Array(key.utf8), value: value, headers: headers)
    }
}
