internal import Trips
internal import Web

/// A position as a phone's app says it: every value as text, and in which unit.
struct PhonePosition: Equatable {
    var time: String?
    var latitude: String?
    var longitude: String?
    var speed: String?
    var speedUnit = SpeedUnit.metersPerSecond
    var heading: String?
    /// Metres.
    var altitude: String?
    /// Metres.
    var accuracy: String?

    /// Units in which apps say speeds.
    enum SpeedUnit {
        case metersPerSecond
        case kilometersPerHour
        case knots

        /// Metres per hour in one of it.
        fileprivate var scale: JSONNumber.ScaledUnit {
            switch self {
            case .metersPerSecond: .speed
            case .kilometersPerHour: .thousandths
            case .knots: .knots
            }
        }
    }

    /// Why a position cannot be taken, now and whenever it is sent again; a word for counting.
    enum Fault: String, Error {
        case noTime = "time"
        case timeOutOfRange = "timeOutOfRange"
        case noPosition = "position"
        case positionOutOfRange = "positionOutOfRange"
        /// Latitude and longitude 0: what apps say that have no position.
        case nowhere = "nowhere"
        /// The app says itself that it is not valid.
        case invalid = "invalid"
    }

    /// The point that it says; a reading that is not known (-1), unreadable or out of range is
    /// left out.
    ///
    /// - Parameter latest: the latest time that a point may have, in epoch milliseconds.
    func point(latest: Int64) throws(Fault) -> Point {
        guard let time = time.flatMap(Self.milliseconds) else { throw .noTime }
        guard time >= PointLimits.earliestMilliseconds, time <= latest else {
            throw .timeOutOfRange
        }
        guard let north = latitude.flatMap({ Self.scaled($0, by: .position) }),
            let east = longitude.flatMap({ Self.scaled($0, by: .position) })
        else { throw .noPosition }
        guard let latitudeE7 = Int32(exactly: north), PointLimits.latitude.contains(latitudeE7),
            let longitudeE7 = Int32(exactly: east), PointLimits.longitude.contains(longitudeE7)
        else { throw .positionOutOfRange }
        guard latitudeE7 != 0 || longitudeE7 != 0 else { throw .nowhere }
        var point = Point(
            timeMilliseconds: time, latitudeE7: latitudeE7, longitudeE7: longitudeE7)
        set(&point, \.speedMetersPerHour, speed, speedUnit.scale)
        set(&point, \.headingCentidegrees, heading, .hundredths)
        set(&point, \.altitudeCentimeters, altitude, .hundredths)
        set(&point, \.accuracyCentimeters, accuracy, .hundredths)
        return point
    }

    private func set(
        _ point: inout Point, _ field: any (WritableKeyPath<Point, Int32> & Sendable),
        _ text: String?, _ unit: JSONNumber.ScaledUnit
    ) {
        guard let text, var value = Self.scaled(text, by: unit),
            let range = PointLimits.readings.first(where: { $0.field == field })?.range
        else { return }
        // A full circle is north.
        if field == \Point.headingCentidegrees, value == 36_000 { value = 0 }
        guard let reading = Int32(exactly: value), range.contains(reading) else { return }
        point[keyPath: field] = reading
    }

    /// A decimal number times a unit, rounded half away from zero; nil for any other text.
    static func scaled(_ text: String, by unit: JSONNumber.ScaledUnit) -> Int64? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            do throws(JSONFault) {
                let number = try cursor.number()
                return cursor.isAtEnd ? number.scaled(by: unit, in: bytes).value : nil
            } catch {
                return nil
            }
        }
    }

    /// Epoch seconds up to 2^31, epoch milliseconds beyond, or a time of RFC 3339; one without a
    /// zone is UTC.
    private static func milliseconds(_ text: String) -> Int64? {
        if let seconds = scaled(text, by: .one) {
            return seconds < 1 << 31 ? scaled(text, by: .thousandths) : seconds
        }
        return [text, text + "Z"].lazy.compactMap { text in
            Array(text.utf8).withUnsafeBufferPointer {
                Timestamp.milliseconds($0, 0, $0.count)
            }
        }.first
    }
}
