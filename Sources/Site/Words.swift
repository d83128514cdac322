internal import Topics

/// Numbers and names as people read them, in the units of whoever looks.
struct Words {
    /// Kilometres or miles.
    let units: Units

    /// `61 km/h`.
    func speed(_ metersPerHour: Int64) -> String {
        "\(units.speed(metersPerHour)) \(units.speedName)"
    }

    /// `850 m`, `9.6 km`, `123 km`.
    func distance(_ meters: Int64) -> String { units.distance(meters) }

    /// `61 → 18 km/h in 2.4 s`.
    func change(of event: Tacho_V1_DrivingEvent) -> String {
        let time = Self.seconds(milliseconds: event.endedAtMs - event.startedAtMs)
        guard event.kind != "hardCorner" else {
            let side = event.peakMmPerS2 < 0 ? "to the left" : "to the right"
            return "\(side) at \(speed(Int64(event.speedBeforeMPerH))), for \(time) s"
        }
        let before = units.speed(Int64(event.speedBeforeMPerH))
        return "\(before) → \(speed(Int64(event.speedAfterMPerH))) in \(time) s"
    }

    /// `45 s`, `34 min 36 s`, `1 h 5 min`.
    static func duration(milliseconds: Int64) -> String {
        let seconds = (milliseconds + 500) / 1_000
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
    }

    /// A duration without a part that is 0: `0 min`, `15 min`, `2 h`, `2 h 30 min`.
    static func plainDuration(milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        if minutes < 60 { return "\(minutes) min" }
        return "\(minutes / 60) h" + (minutes % 60 == 0 ? "" : " \(minutes % 60) min")
    }

    /// Seconds with one decimal, as `2.4`.
    static func seconds(milliseconds: Int64) -> String {
        let tenths = (milliseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `1 hard brake`, `2 hard brakes`.
    static func count(_ number: Int64, _ one: String) -> String {
        "\(number) \(one)\(number == 1 ? "" : "s")"
    }

    /// The peak of an event as `4.1 m/s²`.
    static func peak(of event: Tacho_V1_DrivingEvent) -> String {
        let tenths = (event.peakMmPerS2.magnitude + 50) / 100
        return "\(tenths / 10).\(tenths % 10) m/s²"
    }

    /// A text with a capital letter at its beginning.
    static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
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
}
