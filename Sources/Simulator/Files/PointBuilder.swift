internal import Trips

/// Reads one point's texts, whatever file they come from.
struct PointBuilder {
    /// A column that holds an optional reading.
    struct Column: Sendable {
        /// Which reading.
        var reading: PointLimits.Reading
        /// Scaled units in one unit of the file.
        var unit: Int64
    }

    /// How a file writes.
    struct Dialect: Sendable {
        /// Whether -255 says that a sensor said nothing.
        var minus255IsMissing: Bool
        /// Whether a time must name its offset.
        var timeNeedsOffset: Bool

        static let plain = Dialect(minus255IsMissing: false, timeNeedsOffset: true)
        static let myDriving = Dialect(minus255IsMissing: true, timeNeedsOffset: false)
    }

    typealias Text = ArraySlice<UInt8>

    let dialect: Dialect
    /// Readings that were there and could not be, by their name in `/v1`.
    private(set) var dropped: [String: Int] = [:]

    init(dialect: Dialect) { self.dialect = dialect }

    /// The columns of a name in `/v1` or another that plain files use, in lower case.
    static let plainColumns: [String: Column] = {
        var columns: [String: Column] = [:]
        for reading in PointLimits.readings {
            columns[reading.name.lowercased()] = Column(reading: reading, unit: Int64(reading.unit))
        }
        columns["speed_mps"] = columns["speedmps"]
        columns["speed_kmh"] = columns["speedmps"].map { Column(reading: $0.reading, unit: 1000) }
        columns["heading"] = columns["headingdegrees"]
        columns["altitude"] = columns["altitudemeters"]
        columns["accuracy"] = columns["accuracymeters"]
        return columns
    }()

    /// MyDriving's columns, in lower case, in the units that its app used.
    static let myDrivingColumns: [String: Column] = {
        var columns: [String: Column] = [:]
        func name(_ names: [String], _ target: String) {
            for name in names { columns[name] = plainColumns[target] }
        }
        name(["speed"], "speed_kmh")
        name(["enginerpm", "rpm"], "enginerpm")
        name(["throttleposition"], "throttlepercent")
        name(["engineload"], "engineloadpercent")
        name(["mafflowrate", "massflowrate"], "massairflowgramspersecond")
        name(["enginefuelrate"], "fuelratelitersperhour")
        return columns
    }()

    /// A point without readings. Throws what cannot be read.
    func point(
        time: Text, latitude: Text, longitude: Text, sequence: Text
    ) throws(FileProblem.Cause) -> Point {
        guard
            let milliseconds = Timestamp.milliseconds(
                time, needsOffset: dialect.timeNeedsOffset),
            (PointLimits.earliestMilliseconds...PointLimits.latestMilliseconds)
                .contains(milliseconds)
        else { throw .time(String(decoding: time, as: UTF8.self)) }
        guard let north = position(latitude, within: PointLimits.latitude) else {
            throw .latitude(String(decoding: latitude, as: UTF8.self))
        }
        guard let east = position(longitude, within: PointLimits.longitude) else {
            throw .longitude(String(decoding: longitude, as: UTF8.self))
        }
        var number = Point.unnumbered
        if !sequence.isEmpty {
            guard let given = DecimalText.whole(sequence), PointLimits.sequence.contains(given)
            else { throw .sequence(String(decoding: sequence, as: UTF8.self)) }
            number = given
        }
        return Point(
            sequence: number, timeMilliseconds: milliseconds, latitudeE7: north, longitudeE7: east)
    }

    /// Puts a reading into a point, or leaves it missing and counts it where it cannot be.
    mutating func read(_ text: Text, _ column: Column, into point: inout Point) {
        if text.isEmpty || (dialect.minus255IsMissing && isMinus255(text)) { return }
        guard let value = DecimalText.scaled(text, by: column.unit),
            let fitting = Int32(exactly: value), column.reading.range.contains(fitting)
        else {
            dropped[column.reading.name, default: 0] += 1
            return
        }
        point[keyPath: column.reading.field] = fitting
    }

    private func position(_ text: Text, within range: ClosedRange<Int32>) -> Int32? {
        DecimalText.scaled(text, by: 10_000_000).flatMap { Int32(exactly: $0) }
            .flatMap { range.contains($0) ? $0 : nil }
    }

    private func isMinus255(_ text: Text) -> Bool {
        text.elementsEqual("-255".utf8) || DecimalText.scaled(text, by: 1000) == -255_000
    }
}
extension FileProblem.Cause: Error {}
