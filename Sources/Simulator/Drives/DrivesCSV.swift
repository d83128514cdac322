internal import Trips

/// Drives with their true acceleration as CSV, in the columns that detection is judged by.
public enum DrivesCSV {
    /// The first line.
    public static let header =
        "trip,timestamp,latitude,longitude,speed_kmh,true_acceleration_mps2\n"

    /// A drive's rows, one a point in order; a missing speed is empty.
    public static func rows(of trip: SimulatedTrip) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(trip.points.count * 90)
        for (point, acceleration) in zip(trip.points, trip.accelerations) {
            text.append(contentsOf: trip.id.rawValue.utf8)
            text.append(UInt8(ascii: ","))
            text.append(contentsOf: Timestamp.text(point.timeMilliseconds).utf8)
            text.append(UInt8(ascii: ","))
            DecimalText.append(Int64(point.latitudeE7), places: 7, to: &text)
            text.append(UInt8(ascii: ","))
            DecimalText.append(Int64(point.longitudeE7), places: 7, to: &text)
            text.append(UInt8(ascii: ","))
            if point.speedMetersPerHour != Point.missing {
                let isWhole = point.speedMetersPerHour % 1000 == 0
                DecimalText.append(
                    Int64(point.speedMetersPerHour / (isWhole ? 1000 : 1)),
                    places: isWhole ? 0 : 3, to: &text)
            }
            text.append(UInt8(ascii: ","))
            DecimalText.append(Int64(acceleration), places: 2, to: &text)
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}
