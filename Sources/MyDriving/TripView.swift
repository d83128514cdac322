internal import Projection
internal import Topics
internal import Trips
internal import Web

/// A trip as MyDriving's clients see it.
struct TripView {
    var id: TripID
    var name: String
    var user: String
    var isComplete: Bool
    var facts: TripFacts
    /// The times of the first and last point.
    var startMilliseconds: Int64?
    var endMilliseconds: Int64?
    var rating: Int64?
    var averageMetersPerHour: Int64 = 0
    var hardStops: Int64 = 0
    var hardAccelerations: Int64 = 0
    var distanceMeters: Int64 = 0
    /// When the log took the first upload and the last one.
    var createdMilliseconds: Int64
    var updatedMilliseconds: Int64

    /// A trip as its projection has it.
    init(_ trip: AnnotatedTrip, in projection: Projection) {
        let row = trip.row
        let message = projection.message(of: row)
        id = row.trip
        name = message.map { $0.hasName ? $0.name : "" } ?? ""
        user = row.user
        isComplete = row.status == .complete
        facts = trip.facts
        startMilliseconds = message.flatMap { $0.hasStartedAtMs ? $0.startedAtMs : nil }
        endMilliseconds = message.flatMap { $0.hasEndedAtMs ? $0.endedAtMs : nil }
        rating = row.score
        averageMetersPerHour = Int64(message?.averageSpeedMPerH ?? 0)
        hardStops = row.hardBrakes
        hardAccelerations = row.hardAccelerations
        distanceMeters = row.distanceMeters
        createdMilliseconds = trip.createdMilliseconds
        updatedMilliseconds = trip.updatedMilliseconds
    }

    /// A trip that has just been made, of which nothing is computed yet.
    init(made form: TripForm, id: TripID, user: UserID, now: Int64) {
        self.id = id
        name = form.name ?? ""
        self.user = user.rawValue
        isComplete = form.isComplete ?? false
        facts = form.facts
        createdMilliseconds = now
        updatedMilliseconds = now
    }

    /// Appends the trip to JSON that is open for a value.
    func write(to json: inout JSONText) {
        json.beginObject()
        json.member("Id", string: id.rawValue)
        json.member("Name", string: name)
        json.member("UserId", string: user)
        json.member(
            "RecordedTimeStamp", instant: facts.recordedMilliseconds ?? startMilliseconds)
        json.member(
            "EndTimeStamp",
            instant: facts.endMilliseconds ?? (isComplete ? endMilliseconds : nil))
        json.member("Rating", integer: rating ?? -255)
        json.member("IsComplete", boolean: isComplete)
        json.member("HasSimulatedOBDData", boolean: facts.hasSimulatedOBDData ?? false)
        json.member("AverageSpeed", kilometersPerHour: averageMetersPerHour)
        json.member("FuelUsed", reading: facts.fuelUsedGallons ?? 0)
        json.member("HardStops", integer: hardStops)
        json.member("HardAccelerations", integer: hardAccelerations)
        json.member("Distance", milesOfMeters: distanceMeters)
        json.member("Created", timeMilliseconds: createdMilliseconds)
        json.member("UpdatedAt", timeMilliseconds: updatedMilliseconds)
        json.endObject()
    }
}
