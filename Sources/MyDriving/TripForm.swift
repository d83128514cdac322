internal import Trips
internal import Web

/// What a client says of a trip; computed fields are passed over, whatever they hold.
struct TripForm {
    var id: TripID?
    var name: String?
    var user: UserID?
    var isComplete: Bool?
    var facts = TripFacts()

    /// - Parameter latest: the latest time that the client may name, in epoch milliseconds.
    /// - Throws: 422 with a pointer to the first value that is not allowed.
    init(_ tree: JSONTree, latest: Int64) throws(Problem) {
        let object = try BodyObject(tree)
        id = try object.trip("Id")
        name = try object.text("Name", limit: Upload.nameLimit)
        if let name, name.utf8.count > Upload.nameLimit {
            throw .unfit(
                object.value("Name")?.pointer,
                "Name must have at most \(Upload.nameLimit) bytes of UTF-8.")
        }
        user = try object.user("UserId")
        isComplete = try object.flag("IsComplete")
        facts.recordedMilliseconds = try object.time("RecordedTimeStamp", latest: latest)
        facts.endMilliseconds = try object.time("EndTimeStamp", latest: latest)
        facts.fuelUsedGallons = try object.double("FuelUsed")
        facts.hasSimulatedOBDData = try object.flag("HasSimulatedOBDData")
    }
}
