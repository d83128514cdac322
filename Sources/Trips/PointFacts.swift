/// What MyDriving's clients say of a point and nothing is computed from, kept so that they get it
/// back. What is nil was not said; units are the client's.
public struct PointFacts: Equatable, Sendable {
    /// `ShortTermFuelBank`; finite.
    public var shortTermFuelBank: Double?
    /// `LongTermFuelBank`; finite.
    public var longTermFuelBank: Double?
    /// `RelativeThrottlePosition`; finite.
    public var relativeThrottlePosition: Double?
    /// `Runtime`; finite.
    public var runtime: Double?
    /// `DistanceWithMalfunctionLight`; finite.
    public var distanceWithMalfunctionLight: Double?
    /// `HasOBDData`.
    public var hasOBDData: Bool?
    /// `HasSimulatedOBDData`.
    public var hasSimulatedOBDData: Bool?
    /// `VIN`; at most ``Upload/vinLimit`` bytes, without control characters.
    public var vin: String?

    /// Nothing said.
    public init() {}

    /// The numbers, each with the client's name for it.
    public static let numbers: [(name: String, field: NumberField)] = [
        ("ShortTermFuelBank", \.shortTermFuelBank),
        ("LongTermFuelBank", \.longTermFuelBank),
        ("RelativeThrottlePosition", \.relativeThrottlePosition),
        ("Runtime", \.runtime),
        ("DistanceWithMalfunctionLight", \.distanceWithMalfunctionLight),
    ]

    /// Where a number stands.
    public typealias NumberField = any (WritableKeyPath<PointFacts, Double?> & Sendable)

    /// Takes what is said later: what it does not say stays.
    public mutating func take(_ later: PointFacts) {
        for (_, field) in Self.numbers {
            self[keyPath: field] = later[keyPath: field] ?? self[keyPath: field]
        }
        hasOBDData = later.hasOBDData ?? hasOBDData
        hasSimulatedOBDData = later.hasSimulatedOBDData ?? hasSimulatedOBDData
        vin = later.vin ?? vin
    }

    /// The name of the first value that no sender may send, or nil where all are good.
    public var violation: String? {
        for (name, field) in Self.numbers {
            if let number = self[keyPath: field], !number.isFinite { return name }
        }
        if let vin, !Text.isPrintable(vin, upTo: Upload.vinLimit) { return "VIN" }
        return nil
    }
}
