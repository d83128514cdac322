internal import Projection
internal import Trips
internal import Web

/// A point of interest as MyDriving's clients see it: an event that was detected, or what a client
/// has reported.
struct PlaceView {
    /// Where it is from.
    enum Source: String {
        case detected, reported
    }

    /// The kind of a hard corner, which MyDriving has not.
    static let hardCorner: UInt32 = 3

    var id: String
    var trip: TripID
    /// 1 is a hard acceleration, 2 a hard brake, 3 a hard corner; others are what clients mean.
    var kind: UInt32
    var latitudeE7: Int32
    var longitudeE7: Int32
    var timeMilliseconds: Int64
    var source: Source

    /// One as its projection has it.
    init(_ point: InterestPoint) {
        switch point.kind {
        case .reported(let number):
            kind = number
            source = .reported
        case .detected(let name):
            kind =
                switch name {
                case "hardAcceleration": ReportedPoint.hardAcceleration
                case "hardBrake": ReportedPoint.hardBrake
                default: Self.hardCorner
                }
            source = .detected
        }
        id = point.id
        trip = point.trip
        latitudeE7 = point.latitudeE7
        longitudeE7 = point.longitudeE7
        timeMilliseconds = point.timeMilliseconds
    }

    /// What a client has reported.
    init(_ report: ReportedPoint, of trip: TripID) {
        id = report.id.rawValue
        self.trip = trip
        kind = report.kind
        latitudeE7 = report.latitudeE7
        longitudeE7 = report.longitudeE7
        timeMilliseconds = report.timeMilliseconds
        source = .reported
    }

    /// Appends it to JSON that is open for a value.
    func write(to json: inout JSONText) {
        json.beginObject()
        json.member("tripId", string: trip.rawValue)
        json.member("latitude", decimal: Int64(latitudeE7), scale: 7)
        json.member("longitude", decimal: Int64(longitudeE7), scale: 7)
        json.member("poiType", integer: Int64(kind))
        json.member("timestamp", timeMilliseconds: timeMilliseconds)
        json.member("deleted", boolean: false)
        json.member("id", string: id)
        json.member("source", string: source.rawValue)
        json.endObject()
    }

    /// It as JSON.
    var json: JSONText {
        var json = JSONText()
        write(to: &json)
        return json
    }
}
