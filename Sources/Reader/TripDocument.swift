internal import Projection
internal import Topics
internal import Web

/// A trip and its events as JSON, from what the version says of the trip.
enum TripDocument {
    /// `Trip` of the interface: a function of the message, how it is shown, and the version.
    static func trip(
        _ message: Tacho_V1_TripScore, status: TripRow.Status, version: Version
    ) -> [UInt8] {
        var json = JSONText(capacity: 1_024)
        json.beginObject()
        json.member("id", string: message.trip)
        json.member("user", string: message.user)
        json.member("name", string: message.hasName ? message.name : nil)
        json.member("status", string: status.word)
        json.member(
            "startedAt", timeMilliseconds: message.hasStartedAtMs ? message.startedAtMs : nil)
        let isOver = status == .complete && message.hasEndedAtMs
        json.member("endedAt", timeMilliseconds: isOver ? message.endedAtMs : nil)
        json.member("distanceMeters", integer: message.distanceM)
        json.member("durationSeconds", decimal: message.durationMilliseconds, scale: 3)
        json.member("averageSpeedMps", speed: message.averageSpeedMPerH)
        json.member("maxSpeedMps", speed: message.maxSpeedMPerH)
        json.member("hardBrakes", integer: message.count(of: "hardBrake"))
        json.member("hardAccelerations", integer: message.count(of: "hardAcceleration"))
        json.member("hardCorners", integer: message.count(of: "hardCorner"))
        json.member("score", integer: message.hasScore ? Int64(message.score) : nil)
        json.member("unscorable", string: message.hasUnscorable ? message.unscorable : nil)
        rules(message.rules, &json)
        json.key("breakdown")
        json.beginArray()
        for item in message.breakdown {
            json.beginObject()
            json.member("cause", string: item.cause)
            if item.hasCount { json.member("count", integer: Int64(item.count)) }
            json.member("points", integer: Int64(item.points))
            json.endObject()
        }
        json.endArray()
        quality(message.quality, &json)
        json.member("version", integer: Int64(version.number))
        json.endObject()
        return json.bytes
    }

    /// `{"events": [Event…]}`, by start.
    static func events(_ message: Tacho_V1_TripScore) -> [UInt8] {
        var json = JSONText(capacity: 64 + 360 * message.events.count)
        json.beginObject()
        json.key("events")
        json.beginArray()
        append(message.events, of: message.trip, to: &json)
        json.endArray()
        json.endObject()
        return json.bytes
    }

    /// Appends `Event`s of the interface to an open array.
    static func append(
        _ events: [Tacho_V1_DrivingEvent], of trip: String, to json: inout JSONText
    ) {
        for event in events {
            json.beginObject()
            json.member("id", string: event.id)
            json.member("trip", string: trip)
            json.member("kind", string: event.kind)
            json.member("severity", string: event.severity)
            json.member("startedAt", timeMilliseconds: event.startedAtMs)
            json.member("endedAt", timeMilliseconds: event.endedAtMs)
            json.member("latitude", decimal: Int64(event.latitudeE7), scale: 7)
            json.member("longitude", decimal: Int64(event.longitudeE7), scale: 7)
            json.member("peakMps2", decimal: Int64(event.peakMmPerS2), scale: 3)
            json.member("speedBeforeMps", speed: event.speedBeforeMPerH)
            json.member("speedAfterMps", speed: event.speedAfterMPerH)
            json.member("points", integer: Int64(event.points))
            json.endObject()
        }
    }

    private static func rules(_ rules: Tacho_V1_Rules, _ json: inout JSONText) {
        json.key("rules")
        json.beginObject()
        json.member("name", string: rules.name)
        json.member("version", integer: Int64(rules.version))
        json.member("hash", string: rules.hash)
        json.endObject()
    }

    private static func quality(_ quality: Tacho_V1_Quality, _ json: inout JSONText) {
        json.key("quality")
        json.beginObject()
        json.member("readings", integer: Int64(quality.readings))
        json.member("used", integer: Int64(quality.used))
        json.member("repaired", integer: Int64(quality.repaired))
        json.member("largestGapSeconds", decimal: quality.largestGapMs, scale: 3)
        json.key("problems")
        json.beginArray()
        for problem in quality.problems {
            json.beginObject()
            json.member("kind", string: problem.kind)
            json.member("count", integer: Int64(problem.count))
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

extension Tacho_V1_TripScore {
    /// From the first to the last point; 0 where there is none.
    var durationMilliseconds: Int64 {
        hasStartedAtMs && hasEndedAtMs ? endedAtMs - startedAtMs : 0
    }

    /// Events of a kind.
    func count(of kind: String) -> Int64 {
        events.reduce(0) { $0 + ($1.kind == kind ? 1 : 0) }
    }
}

extension JSONText {
    /// A member that is a speed in metres per second, from metres per hour: four decimals, from
    /// which the metres per hour can be had back.
    mutating func member(_ name: String, speed metersPerHour: Int32) {
        member(name, decimal: tenThousandthsMps(metersPerHour), scale: 4)
    }
}

/// Metres per hour, 0 or more, as 1/10,000 metre per second, halves rounded up.
func tenThousandthsMps(_ metersPerHour: Int32) -> Int64 {
    (Int64(metersPerHour) * 50 + 9) / 18
}
