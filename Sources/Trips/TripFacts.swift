/// What MyDriving's clients say of a trip and nothing is computed from, kept so that they get it
/// back. What is nil was not said.
public struct TripFacts: Equatable, Sendable {
    /// `RecordedTimeStamp`, in epoch milliseconds, as ``PointLimits/times`` allows.
    public var recordedMilliseconds: Int64?
    /// `EndTimeStamp`, in epoch milliseconds, as ``PointLimits/times`` allows.
    public var endMilliseconds: Int64?
    /// `FuelUsed`, in US gallons; finite.
    public var fuelUsedGallons: Double?
    /// `HasSimulatedOBDData`.
    public var hasSimulatedOBDData: Bool?

    /// Nothing said.
    public init() {}

    /// Takes what is said later: what it does not say stays.
    public mutating func take(_ later: TripFacts) {
        recordedMilliseconds = later.recordedMilliseconds ?? recordedMilliseconds
        endMilliseconds = later.endMilliseconds ?? endMilliseconds
        fuelUsedGallons = later.fuelUsedGallons ?? fuelUsedGallons
        hasSimulatedOBDData = later.hasSimulatedOBDData ?? hasSimulatedOBDData
    }

    /// The name of the first value that no sender may send, or nil where all are good.
    public var violation: String? {
        if let time = recordedMilliseconds, !PointLimits.times.contains(time) {
            return "RecordedTimeStamp"
        }
        if let time = endMilliseconds, !PointLimits.times.contains(time) { return "EndTimeStamp" }
        if let fuel = fuelUsedGallons, !fuel.isFinite { return "FuelUsed" }
        return nil
    }
}
