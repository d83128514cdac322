internal import Topics
internal import Web

/// Numbers and names as people read them. Kilometres and hours here; metres and seconds inside.
enum Words {
    /// `850 m`, `9.6 km`, `123 km`.
    static func distance(_ meters: Int64) -> String {
        if meters < 1_000 { return "\(meters) m" }
        let tenths = (meters + 50) / 100
        return tenths < 1_000 ? "\(tenths / 10).\(tenths % 10) km" : "\((meters + 500) / 1_000) km"
    }

    /// `45 s`, `34 min 36 s`, `1 h 5 min`.
    static func duration(milliseconds: Int64) -> String {
        let seconds = (milliseconds + 500) / 1_000
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
    }

    /// Whole kilometres per hour.
    static func kilometersPerHour(_ metersPerHour: Int32) -> Int32 { (metersPerHour + 500) / 1_000 }

    /// Seconds with one decimal, as `2.4`.
    static func seconds(milliseconds: Int64) -> String {
        let tenths = (milliseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `1 hard brake`, `2 hard brakes`.
    static func count(_ number: Int64, _ one: String) -> String {
        "\(number) \(one)\(number == 1 ? "" : "s")"
    }

    /// `61 → 18 km/h in 2.4 s`.
    static func change(of event: Tacho_V1_DrivingEvent) -> String {
        let before = kilometersPerHour(event.speedBeforeMPerH)
        let after = kilometersPerHour(event.speedAfterMPerH)
        let time = seconds(milliseconds: event.endedAtMs - event.startedAtMs)
        guard event.kind != "hardCorner" else {
            let side = event.peakMmPerS2 < 0 ? "to the left" : "to the right"
            return "\(side) at \(before) km/h, for \(time) s"
        }
        return "\(before) → \(after) km/h in \(time) s"
    }

    /// The peak of an event as `4.1 m/s²`.
    static func peak(of event: Tacho_V1_DrivingEvent) -> String {
        let tenths = (event.peakMmPerS2.magnitude + 50) / 100
        return "\(tenths / 10).\(tenths % 10) m/s²"
    }

    /// A kind of event, or a cause of lost points.
    static func kind(_ kind: String) -> String {
        switch kind {
        case "hardBrake": "hard brake"
        case "hardAcceleration": "hard acceleration"
        case "hardCorner": "hard corner"
        case "shortDistance": "allowance for short distance"
        default: kind
        }
    }

    /// Why a trip has no score, as the end of a sentence.
    static func unscorable(_ reason: String) -> String {
        switch reason {
        case "noPoints": "no position has arrived yet"
        case "tooShort": "it is too short to judge (a score needs at least 1 km)"
        case "tooBrief": "it is too brief to judge (a score needs at least a minute)"
        case "tooLittleData": "too much of the way is without good readings"
        default: reason
        }
    }

    /// What was wrong with a trip's data, so many times.
    static func problem(_ kind: String, _ count: UInt32) -> String {
        let times = count == 1 ? "once" : "\(count) times"
        return switch kind {
        case "clockStep": "The sender’s clock stepped \(times)."
        case "crowdedTime":
            "Several positions came for practically one moment \(times); the first one counts."
        case "gap": "For a longer while there was no good reading, \(times)."
        case "poorAccuracy": "The sender itself called a position too uncertain \(times)."
        case "positionJump": "The position jumped in a way no vehicle moves \(times)."
        case "repeatedPosition":
            "The same position was sent again while the vehicle moved on, \(times)."
        case "speedDisagrees":
            "The vehicle’s speed contradicted its positions \(times); the positions were believed."
        case "speedMissing": "The vehicle’s speed was missing \(times)."
        case "tripFull": "Uploads were refused \(times), because the trip had grown too large."
        default: "\(kind): \(times)."
        }
    }

    /// A moment as `1 Jan 2026, 08:05 UTC`, which a script may put into the reader's own time.
    static func time(_ milliseconds: Int64, withSeconds: Bool = false) -> HTML {
        var json = JSONText(capacity: 32)
        json.time(milliseconds: milliseconds)
        let stamp = String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
        let clock = stamp.dropFirst(11).prefix(withSeconds ? 8 : 5)
        if withSeconds {
            return "<time datetime=\"\(stamp)\" data-clock>\(String(clock))</time>"
        }
        let days = milliseconds >= 0 ? milliseconds / 86_400_000 : -1
        let date = CivilDay.date(ofDay: days)
        let day = "\(date.day) \(months[Int(date.month) - 1]) \(date.year), \(clock) UTC"
        return "<time datetime=\"\(stamp)\">\(day)</time>"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
