/// How speeds and distances are shown; metres and hours inside.
public enum Units: String, Sendable, CaseIterable {
    /// Kilometres.
    case metric = "kmh"
    /// Miles.
    case imperial = "mph"

    /// Metres in a kilometre, or thousandths of a metre in a thousandth of a mile.
    private static let milliMetersPerMile: Int64 = 1_609_344

    /// What a speed is called.
    var speedName: String { self == .metric ? "km/h" : "mph" }

    /// Metres per hour in one unit of speed.
    var metersPerHour: Double { self == .metric ? 1_000 : 1_609.344 }

    /// A speed in whole units, halves rounded up.
    ///
    /// - Parameter metersPerHour: 0 or more.
    func speed(_ metersPerHour: Int64) -> Int64 {
        switch self {
        case .metric: (metersPerHour + 500) / 1_000
        case .imperial:
            (metersPerHour * 1_000 + Self.milliMetersPerMile / 2) / Self.milliMetersPerMile
        }
    }

    /// `850 m`, `9.6 km`, `123 km`; `480 ft`, `6.0 mi`, `76 mi`.
    func distance(_ meters: Int64) -> String {
        let unit: (name: String, millimeters: Int64)
        switch self {
        case .metric where meters < 1_000: return "\(meters) m"
        // A foot is 0.3048 m.
        case .imperial where meters < 161: return "\((meters * 10_000 + 1_524) / 3_048) ft"
        case .metric: unit = ("km", 1_000_000)
        case .imperial: unit = ("mi", Self.milliMetersPerMile)
        }
        let tenths = (meters * 10_000 + unit.millimeters / 2) / unit.millimeters
        guard tenths >= 1_000 else { return "\(tenths / 10).\(tenths % 10) \(unit.name)" }
        return "\((meters * 1_000 + unit.millimeters / 2) / unit.millimeters) \(unit.name)"
    }
}
