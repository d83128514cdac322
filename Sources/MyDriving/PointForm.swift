internal import Trips
internal import Web

/// A point as a client says it: whole, or some fields of it to be changed.
struct PointForm {
    var point: Point
    /// What the body says beside; what it does not say is nil.
    private(set) var facts = PointFacts()
    /// Readings that were dropped, with the reason.
    private(set) var warnings: [(pointer: String, reason: String)] = []

    /// A whole point.
    ///
    /// - Throws: 422 with a pointer to the first value that is missing or not allowed.
    init(_ tree: JSONTree, at pointer: String = "", latest: Int64) throws(Problem) {
        point = Point(timeMilliseconds: 0, latitudeE7: 0, longitudeE7: 0)
        let object = try BodyObject(tree, at: pointer)
        try merge(object, latest: latest)
        for name in ["RecordedTimeStamp", "Latitude", "Longitude"] where object.value(name) == nil {
            throw .unfit("\(pointer)/\(name)", "\(name) is missing.")
        }
        guard point.timeMilliseconds != 0 else {
            throw .unfit("\(pointer)/RecordedTimeStamp", "RecordedTimeStamp must say a time.")
        }
    }

    /// A point, with those fields changed that the client names.
    ///
    /// - Throws: as above; 422 also where the change would make it another point.
    init(_ tree: JSONTree, changing point: Point, latest: Int64) throws(Problem) {
        self.point = point
        let object = try BodyObject(tree)
        try merge(object, latest: latest)
        guard PointKey(of: self.point) == PointKey(of: point) else {
            let name =
                self.point.sequence == point.sequence ? "RecordedTimeStamp" : "Sequence"
            throw .unfit(
                object.value(name)?.pointer,
                "\(name) is what the point is known by: send another point, and delete this one.")
        }
    }

    private mutating func merge(_ object: BodyObject, latest: Int64) throws(Problem) {
        if let time = try object.time("RecordedTimeStamp", latest: latest) {
            point.timeMilliseconds = time
        }
        if let latitude = try object.scaled("Latitude", places: 7, in: Self.latitudes) {
            point.latitudeE7 = Int32(latitude)
        }
        if let longitude = try object.scaled("Longitude", places: 7, in: Self.longitudes) {
            point.longitudeE7 = Int32(longitude)
        }
        try mergeSequence(object)
        for reading in PointReading.all { try merge(reading, object) }
        for fact in PointFacts.numbers {
            facts[keyPath: fact.field] = try object.double(fact.name)
        }
        facts.hasOBDData = try object.flag("HasOBDData")
        facts.hasSimulatedOBDData = try object.flag("HasSimulatedOBDData")
        try mergeVIN(object)
    }

    private mutating func mergeSequence(_ object: BodyObject) throws(Problem) {
        guard let number = try object.number("Sequence"), !number.isMissing else { return }
        guard let sequence = number.whole, PointLimits.sequence.contains(sequence) else {
            throw .unfit(
                object.value("Sequence")?.pointer,
                "Sequence must be a whole number from 0 to \(PointLimits.sequence.upperBound).")
        }
        point.sequence = sequence
    }

    /// A reading that is out of range is dropped rather than the point.
    private mutating func merge(
        _ reading: PointReading, _ object: BodyObject
    ) throws(Problem) {
        guard let number = try object.number(reading.name) else { return }
        var value = Point.missing
        if !number.isMissing {
            if let scaled = number.scaled(places: reading.places),
                let narrow = Int32(exactly: scaled), reading.range.contains(narrow)
            {
                value = narrow
            } else {
                warnings.append(
                    (
                        object.value(reading.name)?.pointer ?? "",
                        "\(reading.name) is out of range, and taken for missing"
                    ))
            }
        }
        point[keyPath: reading.field] = value
    }

    /// `{"String", "Valid"}`, or a plain string.
    private mutating func mergeVIN(_ object: BodyObject) throws(Problem) {
        guard let (tree, pointer) = object.value("VIN") else { return }
        let text: String
        switch tree {
        case .string(let plain): text = plain
        case .object:
            let inner = try BodyObject(tree, at: pointer)
            let said = try inner.text("String", limit: Upload.vinLimit) ?? ""
            text = try inner.flag("Valid") == false ? "" : said
        default: throw .unfit(pointer, "VIN must be a string, or an object of String and Valid.")
        }
        if !Text.isPrintable(text, upTo: Upload.vinLimit) {
            throw .unfit(
                pointer,
                "VIN must be at most \(Upload.vinLimit) bytes of UTF-8 without control characters.")
        }
        // Empty takes back what was said before.
        facts.vin = text
    }

    private static let latitudes = wide(PointLimits.latitude)
    private static let longitudes = wide(PointLimits.longitude)
}

/// A reading of a point that is ours as well, by MyDriving's name and in its unit.
struct PointReading: Sendable {
    let name: String
    let field: any (WritableKeyPath<Point, Int32> & Sendable)
    let range: ClosedRange<Int32>
    /// The field is the reading times 10^`places`: metres per hour are thousandths of km/h.
    let places: Int

    private init(
        _ name: String, _ field: any (WritableKeyPath<Point, Int32> & Sendable), _ own: String,
        places: Int
    ) {
        guard let reading = PointLimits.readings.first(where: { $0.name == own }) else {
            preconditionFailure("a point has no \(own)")
        }
        self.name = name
        self.field = field
        self.range = reading.range
        self.places = places
    }

    static let all = [
        PointReading("Speed", \.speedMetersPerHour, "speedMps", places: 3),
        PointReading("RPM", \.engineCentiRpm, "engineRpm", places: 2),
        PointReading("ThrottlePosition", \.throttleCentipercent, "throttlePercent", places: 2),
        PointReading("EngineLoad", \.engineLoadCentipercent, "engineLoadPercent", places: 2),
        PointReading(
            "MassFlowRate", \.massAirFlowCentigramsPerSecond, "massAirFlowGramsPerSecond",
            places: 2),
        PointReading(
            "EngineFuelRate", \.fuelRateCentilitersPerHour, "fuelRateLitersPerHour", places: 2),
    ]
}

/// The range in wider numbers.
func wide(_ range: ClosedRange<Int32>) -> ClosedRange<Int64> {
    Int64(range.lowerBound)...Int64(range.upperBound)
}
