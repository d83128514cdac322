internal import Foundation

/// The time zone in which times are shown.
public struct ClockZone: Sendable, Equatable {
    /// What is shown to those of whom nothing else is known.
    public static let utc = ClockZone(zone: nil, name: "UTC")
    /// Letters that a name may have.
    private static let nameLimit = 64

    /// Its name in the time zone database, as `Europe/Berlin`; or `UTC`.
    public let name: String
    private let zone: TimeZone?

    private init(zone: TimeZone?, name: String) {
        self.zone = zone
        self.name = name
    }

    /// A zone of the database that this machine has; nil for anything else.
    public init?(_ name: String) {
        guard name != "UTC" else {
            self = .utc
            return
        }
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"),
                UInt8(ascii: "+"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isName, (1...Self.nameLimit).contains(name.utf8.count),
            let zone = TimeZone(identifier: name)
        else { return nil }
        self.init(zone: zone, name: name)
    }

    /// Seconds that clocks there are ahead of UTC at a moment in epoch milliseconds.
    func secondsAhead(at milliseconds: Int64) -> Int64 {
        guard let zone else { return 0 }
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        return Int64(zone.secondsFromGMT(for: date))
    }

    /// How far clocks there are from UTC at a moment: `UTC`, `UTC+1`, `UTC−3:30`.
    func offsetName(at milliseconds: Int64) -> String {
        let seconds = secondsAhead(at: milliseconds)
        guard seconds != 0 else { return "UTC" }
        let minutes = seconds.magnitude / 60
        let rest = minutes % 60
        let sign = seconds < 0 ? "−" : "+"
        return "UTC\(sign)\(minutes / 60)" + (rest == 0 ? "" : rest < 10 ? ":0\(rest)" : ":\(rest)")
    }
}
