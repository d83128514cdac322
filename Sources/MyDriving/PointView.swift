internal import Projection
internal import Trips
internal import Web

/// A point as MyDriving's clients see it.
struct PointView {
    var id: String
    var trip: TripID
    var point: Point
    var facts: PointFacts
    /// When the log took the point first, and when what it says now.
    var createdMilliseconds: Int64
    var updatedMilliseconds: Int64
    /// Readings that were dropped from what the client has sent.
    var warnings: [(pointer: String, reason: String)] = []

    /// A point as its projection has it; `ids` are its trip's.
    init(_ annotated: AnnotatedPoint, of trip: TripID, _ ids: PointIDs) {
        id = ids.id(of: PointKey(of: annotated.point))
        self.trip = trip
        point = annotated.point
        facts = annotated.facts
        createdMilliseconds = annotated.createdMilliseconds
        updatedMilliseconds = annotated.updatedMilliseconds
    }

    /// A point as it has just been sent.
    init(_ form: PointForm, of trip: TripID, _ ids: PointIDs, now: Int64) {
        id = ids.id(of: PointKey(of: form.point))
        self.trip = trip
        point = form.point
        facts = form.facts
        createdMilliseconds = now
        updatedMilliseconds = now
        warnings = form.warnings
    }

    /// Appends the point to JSON that is open for a value.
    func write(to json: inout JSONText) {
        json.beginObject()
        json.member("Id", string: id)
        json.member("TripId", string: trip.rawValue)
        json.member("Latitude", decimal: Int64(point.latitudeE7), scale: 7)
        json.member("Longitude", decimal: Int64(point.longitudeE7), scale: 7)
        reading("Speed", &json)
        json.member("RecordedTimeStamp", timeMilliseconds: point.timeMilliseconds)
        json.member(
            "Sequence", integer: point.sequence == Point.unnumbered ? -255 : point.sequence)
        reading("RPM", &json)
        json.member("ShortTermFuelBank", reading: facts.shortTermFuelBank)
        json.member("LongTermFuelBank", reading: facts.longTermFuelBank)
        reading("ThrottlePosition", &json)
        json.member("RelativeThrottlePosition", reading: facts.relativeThrottlePosition)
        json.member("Runtime", reading: facts.runtime)
        json.member("DistanceWithMalfunctionLight", reading: facts.distanceWithMalfunctionLight)
        for name in ["EngineLoad", "MassFlowRate", "EngineFuelRate"] { reading(name, &json) }
        json.key("VIN")
        json.beginObject()
        json.member("String", string: facts.vin ?? "")
        json.member("Valid", boolean: facts.vin?.isEmpty == false)
        json.endObject()
        json.member("HasOBDData", boolean: facts.hasOBDData ?? false)
        json.member("HasSimulatedOBDData", boolean: facts.hasSimulatedOBDData ?? false)
        json.member("CreatedAt", timeMilliseconds: createdMilliseconds)
        json.member("UpdatedAt", timeMilliseconds: updatedMilliseconds)
        writeWarnings(to: &json)
        json.endObject()
    }

    private func reading(_ name: String, _ json: inout JSONText) {
        guard let reading = PointReading.all.first(where: { $0.name == name }) else {
            preconditionFailure("a point has no \(name)")
        }
        let value = point[keyPath: reading.field]
        if value == Point.missing {
            json.member(name, integer: -255)
        } else {
            json.member(name, decimal: Int64(value), scale: reading.places)
        }
    }

    private func writeWarnings(to json: inout JSONText) {
        guard !warnings.isEmpty else { return }
        json.key("Warnings")
        json.beginArray()
        for warning in warnings {
            json.beginObject()
            json.member("pointer", string: warning.pointer)
            json.member("reason", string: warning.reason)
            json.endObject()
        }
        json.endArray()
    }
}
