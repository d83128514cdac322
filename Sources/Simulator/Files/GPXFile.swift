internal import Trips

extension TripFile {
    /// Reads GPX 1.1: each `trk` is a trip, its segments joined; `ele` is the altitude, and speed
    /// (m/s) and course (degrees), which GPX 1.0 had and extensions still have, are readings.
    mutating func readGPX(_ text: ArraySlice<UInt8>) throws(FileProblem) {
        var scanner = XMLScanner(text)
        var track = GPXTrack()
        do throws(XMLScanner.Failure) {
            guard case .open(name: "gpx", _)? = try firstTag(&scanner) else {
                throw XMLScanner.Failure(line: 1, reason: "the first tag is not <gpx>")
            }
            while let token = try scanner.next() {
                for event in track.absorb(token) {
                    switch event {
                    case .point(let cause?): leaveOut(.line(scanner.line()), cause)
                    case .point(nil): break
                    case .trip(let trip): trips.append(trip)
                    }
                }
            }
        } catch {
            throw FileProblem(
                file: name, place: .line(error.line), cause: .syntax(error.reason))
        }
        droppedReadings = track.builder.dropped
    }

    private func firstTag(
        _ scanner: inout XMLScanner
    ) throws(XMLScanner.Failure) -> XMLScanner.Token? {
        while let token = try scanner.next() {
            if case .text = token { continue }
            return token
        }
        return nil
    }
}

/// What was read of a `trk` so far.
private struct GPXTrack {
    enum Event {
        /// A point's end, with the reason if it cannot be used.
        case point(FileProblem.Cause?)
        /// A track's end.
        case trip(ImportedTrip)
    }

    private static let columns = ["ele": "altitude", "speed": "speed_mps", "course": "heading"]

    var builder = PointBuilder(dialect: .plain)
    private var trip: ImportedTrip?
    private var point: [String: String]?
    private var letters = ""

    mutating func absorb(_ token: XMLScanner.Token) -> [Event] {
        switch token {
        case .open(let name, let attributes):
            letters = ""
            if name == "trk" { trip = ImportedTrip() }
            if name == "trkpt", trip != nil {
                point = attributes.filter { $0.key == "lat" || $0.key == "lon" }
            }
        case .text(let text): letters += text
        case .close(let name): return close(name)
        }
        return []
    }

    private mutating func close(_ name: String) -> [Event] {
        let text = String(letters.trimmingSpaces)
        letters = ""
        switch name {
        case "trk":
            defer { trip = nil }
            return trip.map { [.trip($0)] } ?? []
        case "trkpt":
            return point.map { [.point(finish($0))] } ?? []
        case "name" where point == nil:
            trip?.name = TripFile.printable(text, Upload.nameLimit)
        case "time", "ele", "speed", "course":
            point?[name] = text
        default: break
        }
        return []
    }

    private mutating func finish(_ texts: [String: String]) -> FileProblem.Cause? {
        point = nil
        func bytes(_ key: String) -> ArraySlice<UInt8> { Array((texts[key] ?? "").utf8)[...] }
        do throws(FileProblem.Cause) {
            var read = try builder.point(
                time: bytes("time"), latitude: bytes("lat"), longitude: bytes("lon"), sequence: [])
            for (key, column) in GPXTrack.columns {
                guard let column = PointBuilder.plainColumns[column] else { continue }
                builder.read(bytes(key), column, into: &read)
            }
            trip?.points.append(read)
            return nil
        } catch { return error }
    }
}

extension String {
    fileprivate var trimmingSpaces: Substring {
        var part = self[...]
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return part
    }
}
