internal import Trips

/// The keys under which one kind of JSON file keeps a trip.
private struct JSONKeys {
    var points: String
    var id: [String]
    var user: String
    var name: String
    var vin: String
    var time: String
    var latitude: String
    var longitude: String
    var sequence: String
    var readings: [(key: String, column: PointBuilder.Column)]
    var dialect: PointBuilder.Dialect

    /// The body of an upload as `/v1` takes it, with the trip's id if one is there.
    static let plain = JSONKeys(
        points: "points", id: ["trip", "id"], user: "userId", name: "name", vin: "vin",
        time: "time", latitude: "latitude", longitude: "longitude", sequence: "sequence",
        readings: PointLimits.readings.map {
            ($0.name, PointBuilder.Column(reading: $0, unit: Int64($0.unit)))
        },
        dialect: .plain)

    /// MyDriving's sample trips.
    static let myDriving = JSONKeys(
        points: "Points", id: ["Id"], user: "UserId", name: "Name", vin: "VIN",
        time: "RecordedTimeStamp", latitude: "Latitude", longitude: "Longitude",
        sequence: "Sequence",
        readings: [
            "Speed", "RPM", "EngineRPM", "ThrottlePosition", "EngineLoad", "MassFlowRate",
            "EngineFuelRate",
        ].compactMap { key in
            PointBuilder.myDrivingColumns[key.lowercased()].map { (key, $0) }
        },
        dialect: .myDriving)
}

extension TripFile {
    /// Reads a trip or an array of trips: MyDriving's (`{Name, Points: […]}`) or uploads of `/v1`
    /// (`{userId?, name?, vin?, points: […]}`).
    mutating func readJSON(_ text: ArraySlice<UInt8>) throws(FileProblem) {
        let root: JSONTree
        do { root = try JSONTree(text) } catch {
            let line = text.prefix(error.offset).count { $0 == UInt8(ascii: "\n") } + 1
            throw FileProblem(
                file: name, place: .line(line), cause: .syntax("expected \(error.expected)"))
        }
        if let items = root.items {
            for (index, item) in items.enumerated() { readTrip(item, at: "/\(index)") }
        } else {
            readTrip(root, at: "")
        }
    }

    private mutating func readTrip(_ tree: JSONTree, at pointer: String) {
        let keys = tree[JSONKeys.myDriving.points] != nil ? JSONKeys.myDriving : .plain
        guard let points = tree[keys.points]?.items else {
            leaveOut(
                .pointer(pointer),
                .syntax("a trip is an object with an array \"points\" or \"Points\""))
            return
        }
        var trip = ImportedTrip(
            name: TripFile.printable(tree[keys.name]?.string, Upload.nameLimit),
            vin: TripFile.printable(tree[keys.vin]?.string, Upload.vinLimit))
        if let user = tree[keys.user]?.string, !user.isEmpty {
            trip.user = UserID(user)
            if trip.user == nil {
                leaveOut(.pointer("\(pointer)/\(keys.user)"), .userID(user))
                return
            }
        }
        for key in keys.id {
            guard let given = tree[key]?.string, !given.isEmpty else { continue }
            guard let id = TripID(given) else {
                leaveOut(.pointer("\(pointer)/\(key)"), .tripID(given))
                return
            }
            trip.givenID = id
        }
        var builder = PointBuilder(dialect: keys.dialect)
        for (index, item) in points.enumerated() {
            do throws(FileProblem.Cause) {
                trip.points.append(try readPoint(item, keys, &builder))
            } catch {
                leaveOut(.pointer("\(pointer)/\(keys.points)/\(index)"), error)
            }
        }
        droppedReadings.merge(builder.dropped, uniquingKeysWith: +)
        trips.append(trip)
    }

    private func readPoint(
        _ tree: JSONTree, _ keys: JSONKeys, _ builder: inout PointBuilder
    ) throws(FileProblem.Cause) -> Point {
        var point = try builder.point(
            time: tree[keys.time]?.text ?? [], latitude: tree[keys.latitude]?.text ?? [],
            longitude: tree[keys.longitude]?.text ?? [],
            sequence: tree[keys.sequence]?.text ?? [])
        for (key, column) in keys.readings {
            guard let text = tree[key]?.text else { continue }
            builder.read(text, column, into: &point)
        }
        return point
    }
}
