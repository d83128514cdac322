/// What a trip must have to be scored, part of a rule set.
public struct Limits: Sendable, Equatable {
    /// A shorter trip has no score, metres.
    public var minimumDistanceMeters = 1_000
    /// A briefer trip has no score, milliseconds.
    public var minimumDurationMilliseconds: Int64 = 60_000
    /// The share of the distance that must lie between good readings no further apart than
    /// ``maximumGapMilliseconds``, in per cent.
    public var minimumCoveragePercent = 50
    /// Over a longer time without a good reading nothing is concluded, milliseconds.
    public var maximumGapMilliseconds: Int64 = 3_000
    /// A position less certain than this is not used, centimetres.
    public var maximumAccuracyCentimeters: Int32 = 10_000

    /// The limits of the rule sets that ship.
    public init() {}

    /// Every limit, in the order of declaration.
    var all: [Int64] {
        [
            Int64(minimumDistanceMeters), minimumDurationMilliseconds,
            Int64(minimumCoveragePercent), maximumGapMilliseconds,
            Int64(maximumAccuracyCentimeters),
        ]
    }
}
