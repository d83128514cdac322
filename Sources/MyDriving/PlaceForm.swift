internal import Trips
internal import Web

/// A point of interest as a client says it.
struct PlaceForm {
    var trip: TripID
    var kind: UInt32
    var latitudeE7: Int32
    var longitudeE7: Int32
    var timeMilliseconds: Int64

    /// - Parameters:
    ///   - now: the time of one that says none, in epoch milliseconds.
    ///   - latest: the latest time that it may have.
    /// - Throws: 422 with a pointer to the first value that is missing or not allowed.
    init(_ tree: JSONTree, now: Int64, latest: Int64) throws(Problem) {
        let object = try BodyObject(tree)
        guard let trip = try object.trip("tripId") else {
            throw .unfit("/tripId", "tripId is missing: \(TripID.allowed).")
        }
        self.trip = trip
        latitudeE7 = try Self.degrees("latitude", object, PointLimits.latitude)
        longitudeE7 = try Self.degrees("longitude", object, PointLimits.longitude)
        guard
            let kind = try object.scaled("poiType", places: 0, in: 1...Int64(UInt32.max)),
            try object.number("poiType")?.whole != nil
        else {
            throw .unfit(
                object.value("poiType")?.pointer ?? "/poiType",
                "poiType must be a whole number: 1 is a hard acceleration, 2 a hard brake.")
        }
        self.kind = UInt32(kind)
        timeMilliseconds = try object.time("timestamp", latest: latest) ?? now
    }

    private static func degrees(
        _ name: String, _ object: BodyObject, _ range: ClosedRange<Int32>
    ) throws(Problem) -> Int32 {
        guard let value = try object.scaled(name, places: 7, in: wide(range)) else {
            throw .unfit("/\(name)", "\(name) is missing.")
        }
        return Int32(value)
    }
}
