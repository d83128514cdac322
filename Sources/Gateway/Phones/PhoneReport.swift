internal import NIOCore
internal import Trips

/// What a request of a phone's app says: whose positions, and which of them are good.
///
/// What can never be used is counted and let go: an app asks again for ever whatever is refused.
struct PhoneReport: Equatable {
    /// The app.
    enum Client: String {
        case owntracks
        case osmand
    }

    /// Whose phone it is, where the app says so.
    var user: String?
    /// Which of the user's phones it is, where the app says so.
    var device: String?
    /// The good positions.
    var points: [Point] = []
    /// What was let go, by reason.
    var dropped: [String: Int] = [:]

    /// Takes a position, or counts why it cannot be taken.
    fileprivate mutating func take(_ position: PhonePosition, latest: Int64) {
        do throws(PhonePosition.Fault) {
            points.append(try position.point(latest: latest))
        } catch {
            drop(error.rawValue)
        }
    }

    fileprivate mutating func drop(_ reason: String) { dropped[reason, default: 0] += 1 }

    /// Reads what OwnTracks sends by HTTP: one message of JSON, or several in an array. Messages
    /// that are no positions are let go, and so is an empty body.
    static func ownTracks(_ body: ByteBuffer, depth: Int, latest: Int64) -> PhoneReport {
        var report = PhoneReport()
        guard body.readableBytes > 0 else { return report }
        guard let value = PhoneValue(body, depth: depth) else {
            report.drop("json")
            return report
        }
        for message in value.elements {
            // `owntracks/USER/DEVICE`, where the app was set up to say so.
            let topic = (message["topic"]?.plain ?? "").split(separator: "/")
            if topic.count >= 3 {
                report.user = report.user ?? String(topic[1])
                report.device = report.device ?? String(topic[2])
            }
            report.device = report.device ?? message["tid"]?.plain
            guard message["_type"]?.plain == "location" else {
                report.drop(message["_type"]?.plain == "encrypted" ? "encrypted" : "otherType")
                continue
            }
            var position = PhonePosition()
            position.time = message["tst"]?.plain
            position.latitude = message["lat"]?.plain
            position.longitude = message["lon"]?.plain
            position.speed = message["vel"]?.plain
            position.speedUnit = .kilometersPerHour
            position.heading = message["cog"]?.plain
            position.altitude = message["alt"]?.plain
            position.accuracy = message["acc"]?.plain
            report.take(position, latest: latest)
        }
        return report
    }

    /// Reads the fields that OsmAnd and Traccar Client send in a query or a form.
    ///
    /// - Parameter now: the time of a position that tells none, in epoch milliseconds.
    static func osmAnd(_ fields: FormFields, now: Int64, latest: Int64) -> PhoneReport {
        var report = PhoneReport()
        report.device = fields.text("id", "deviceid")
        report.user = fields.text("user")
        guard fields.text("lat", "lon", "location", "timestamp") != nil else { return report }
        guard !["false", "0"].contains(fields.text("valid")) else {
            report.drop(PhonePosition.Fault.invalid.rawValue)
            return report
        }
        let pair = (fields.text("location") ?? "").split(separator: ",").map(String.init)
        var position = PhonePosition()
        position.time = fields.text("timestamp") ?? String(now)
        position.latitude = fields.text("lat") ?? pair.first
        position.longitude = fields.text("lon") ?? (pair.count > 1 ? pair[1] : nil)
        position.speed = fields.text("speed")
        position.speedUnit =
            switch fields.text("speedUnit") {
            case "mps": .metersPerSecond
            case "kmh": .kilometersPerHour
            default: .knots
            }
        position.heading = fields.text("bearing", "heading")
        position.altitude = fields.text("altitude")
        position.accuracy = fields.text("accuracy")
        report.take(position, latest: latest)
        return report
    }

    /// Reads the JSON of Traccar Client 9 and later: one location, or several in an array.
    static func locations(_ body: ByteBuffer, depth: Int, latest: Int64) -> PhoneReport {
        var report = PhoneReport()
        guard let value = PhoneValue(body, depth: depth) else {
            report.drop("json")
            return report
        }
        for message in value.elements {
            report.device = report.device ?? message["device_id"]?.plain
            for location in message["location"]?.elements ?? [] {
                let coordinates = location["coords"]
                var position = PhonePosition()
                position.time = location["timestamp"]?.plain
                position.latitude = coordinates?["latitude"]?.plain
                position.longitude = coordinates?["longitude"]?.plain
                position.speed = coordinates?["speed"]?.plain
                position.heading = coordinates?["heading"]?.plain
                position.altitude = coordinates?["altitude"]?.plain
                position.accuracy = coordinates?["accuracy"]?.plain
                report.take(position, latest: latest)
            }
        }
        if report.points.isEmpty, report.dropped.isEmpty { report.drop("otherType") }
        return report
    }
}
