import Projection
import Topics
import Trips

/// A trip of one hard brake.
func message(_ trip: String = "t1") -> Tacho_V1_TripScore {
    var message = Tacho_V1_TripScore()
    message.trip = trip
    message.user = "ann"
    message.status = .complete
    message.startedAtMs = 1_767_225_600_000
    message.endedAtMs = 1_767_226_200_000
    message.distanceM = 5_012
    message.averageSpeedMPerH = 30_000
    message.maxSpeedMPerH = 61_000
    message.score = 81
    message.rules.name = "default"
    message.rules.version = 1
    message.rules.hash = "abc"
    var item = Tacho_V1_BreakdownItem()
    item.cause = "shortDistance"
    item.points = 6
    message.breakdown = [item]
    item.cause = "hardBrake"
    item.count = 1
    item.points = 13
    message.breakdown.append(item)
    message.quality.readings = 600
    message.quality.used = 590
    message.quality.repaired = 2
    message.quality.largestGapMs = 4_000
    var problem = Tacho_V1_Problem()
    problem.kind = "positionJump"
    problem.count = 2
    message.quality.problems = [problem]
    var event = Tacho_V1_DrivingEvent()
    event.id = "e1"
    event.kind = "hardBrake"
    event.severity = "moderate"
    event.startedAtMs = 1_767_225_605_000
    event.endedAtMs = 1_767_225_607_400
    event.latitudeE7 = 476_400_000
    event.longitudeE7 = -1_221_306_499
    event.peakMmPerS2 = -3_450
    event.speedBeforeMPerH = 61_000
    event.speedAfterMPerH = 18_000
    event.points = 13
    message.events = [event]
    return message
}

func row(_ message: Tacho_V1_TripScore) -> TripRow {
    guard let trip = TripID(message.trip) else { preconditionFailure(message.trip) }
    var row = TripRow(
        trip: trip, user: message.user, status: .complete, sortMilliseconds: message.startedAtMs,
        partition: 0, lastUpload: 0, lastUploadMilliseconds: message.endedAtMs)
    row.distanceMeters = message.distanceM
    row.durationMilliseconds = message.endedAtMs - message.startedAtMs
    row.score = message.hasScore ? Int64(message.score) : nil
    row.hardBrakes = 1
    row.message = Topics.tripScores(.first).encode(message)
    return row
}

/// Points a second apart, north by about 11 m each.
func points(_ seconds: Range<Int64>) -> [Point] {
    seconds.map { second in
        Point(
            sequence: second, timeMilliseconds: 1_767_225_600_000 + second * 1_000,
            latitudeE7: 476_397_199 + Int32(second) * 1_000, longitudeE7: -1_221_306_499)
    }
}
