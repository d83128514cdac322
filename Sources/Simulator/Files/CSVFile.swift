internal import Trips

/// Where in a row of a CSV file the parts of a point stand.
private struct CSVLayout {
    var trip: Int?
    var user: Int?
    var name: Int?
    var time: Int
    var latitude: Int
    var longitude: Int
    var sequence: Int?
    var readings: [(index: Int, column: PointBuilder.Column)] = []
    var dialect: PointBuilder.Dialect

    /// Reads a header. Rows may have more fields than it: in MyDriving's files, for one, some rows
    /// end with a further -255. Those further fields have no name and are not read; the ones
    /// before them stand where the header says.
    init(header: [ArraySlice<UInt8>]) throws(FileProblem.Cause) {
        var places: [String: Int] = [:]
        for (index, field) in header.enumerated() {
            let name = String(decoding: field, as: UTF8.self).lowercased()
                .filter { $0 != " " && $0 != "\t" }
            if places[name] == nil { places[name] = index }
        }
        let columns: [String: PointBuilder.Column]
        if let time = places["recordedtimestamp"], let latitude = places["lat"],
            let longitude = places["lon"], let trip = places["tripid"]
        {
            (self.time, self.latitude, self.longitude) = (time, latitude, longitude)
            self.trip = trip
            user = places["userid"]
            name = places["name"]
            dialect = .myDriving
            columns = PointBuilder.myDrivingColumns
        } else {
            let time = places["timestamp"] ?? places["time"]
            guard let time, let latitude = places["latitude"], let longitude = places["longitude"]
            else {
                var missing = ["latitude", "longitude"].filter { places[$0] == nil }
                if time == nil { missing.insert("timestamp", at: 0) }
                throw .columnsMissing(missing)
            }
            (self.time, self.latitude, self.longitude) = (time, latitude, longitude)
            trip = places["trip"]
            dialect = .plain
            columns = PointBuilder.plainColumns
        }
        sequence = places["sequence"]
        readings = places.sorted { $0.value < $1.value }.compactMap { name, index in
            columns[name].map { (index, $0) }
        }
    }

    /// The fields that a row cannot do without.
    var needed: Int { max(time, latitude, longitude, trip ?? 0) + 1 }
}

extension TripFile {
    /// Reads CSV: MyDriving's columns, or a header with `trip`?, `timestamp` or `time`, `latitude`,
    /// `longitude`, and optionally `sequence`, `speed_kmh`, `speed_mps` and the readings of `/v1`.
    mutating func readCSV(_ text: ArraySlice<UInt8>) throws(FileProblem) {
        var rows = CSVRows(text)
        guard rows.next() == .fields else {
            throw FileProblem(file: name, place: .line(rows.line), cause: .unknownFormat)
        }
        let layout: CSVLayout
        do { layout = try CSVLayout(header: rows.fields) } catch {
            throw FileProblem(file: name, place: .line(rows.line), cause: error)
        }
        var builder = PointBuilder(dialect: layout.dialect)
        var places: [ArraySlice<UInt8>: Int] = [:]
        var last: (id: ArraySlice<UInt8>, place: Int)?
        while let row = rows.next() {
            do throws(FileProblem.Cause) {
                guard row == .fields else { throw .syntax("a quoted field does not end") }
                let point = try readPoint(rows.fields, layout, &builder)
                let id = layout.trip.map { rows.fields[$0] } ?? []
                if let last, last.id == id {
                    trips[last.place].points.append(point)
                    continue
                }
                let place: Int
                if let known = places[id] {
                    place = known
                } else {
                    place = trips.count
                    trips.append(try newTrip(rows.fields, layout))
                    places[id] = place
                }
                trips[place].points.append(point)
                last = (id, place)
            } catch {
                leaveOut(.line(rows.line), error)
            }
        }
        droppedReadings = builder.dropped
    }

    private func readPoint(
        _ fields: [ArraySlice<UInt8>], _ layout: CSVLayout, _ builder: inout PointBuilder
    ) throws(FileProblem.Cause) -> Point {
        guard fields.count >= layout.needed else { throw .fieldsMissing(fields.count) }
        func field(_ index: Int?) -> ArraySlice<UInt8> {
            guard let index, index < fields.count else { return [] }
            return fields[index]
        }
        var point = try builder.point(
            time: fields[layout.time], latitude: fields[layout.latitude],
            longitude: fields[layout.longitude], sequence: field(layout.sequence))
        for (index, column) in layout.readings {
            builder.read(field(index), column, into: &point)
        }
        return point
    }

    private func newTrip(
        _ fields: [ArraySlice<UInt8>], _ layout: CSVLayout
    ) throws(FileProblem.Cause) -> ImportedTrip {
        func text(_ index: Int?) -> String? {
            guard let index, index < fields.count, !fields[index].isEmpty else { return nil }
            return String(decoding: fields[index], as: UTF8.self)
        }
        var trip = ImportedTrip(name: TripFile.printable(text(layout.name), Upload.nameLimit))
        if layout.trip != nil {
            let given = text(layout.trip) ?? ""
            guard let id = TripID(given) else { throw .tripID(given) }
            trip.givenID = id
        }
        if let given = text(layout.user) {
            guard let user = UserID(given) else { throw .userID(given) }
            trip.user = user
        }
        return trip
    }

    /// The text where a trip may carry it, else nil: a name is no reason to lose a trip.
    static func printable(_ text: String?, _ limit: Int) -> String? {
        text.flatMap { Trips.Text.isPrintable($0, upTo: limit) && !$0.isEmpty ? $0 : nil }
    }
}
