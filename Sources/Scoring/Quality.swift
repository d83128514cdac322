/// How good the data of a trip were.
public struct Quality: Sendable, Equatable {
    /// Something that was wrong with the data, and how often.
    public struct Problem: Sendable, Equatable {
        /// What was wrong.
        public let kind: Kind
        /// How often, at least 1.
        public let count: Int
    }

    /// What can be wrong with the data of a trip.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        /// The order of the sender's numbers contradicts the order of the times.
        case clockStep
        /// Several positions at practically one time; the first was used.
        case crowdedTime
        /// A longer time without a good reading.
        case gap
        /// The sender itself called the position too uncertain.
        case poorAccuracy
        /// The position moved in a way no vehicle does.
        case positionJump
        /// The position was reported again although time went on, and the vehicle too.
        case repeatedPosition
        /// The vehicle's speed contradicts its positions, which were believed.
        case speedDisagrees
        /// The vehicle's speed is missing, though other readings of the trip have it.
        case speedMissing
    }

    /// Points of the trip.
    public let readings: Int
    /// Those that the result rests on.
    public let used: Int
    /// Those that had to be corrected: a wrong position bridged, a wrong speed replaced.
    public let repaired: Int
    /// The longest time between two good positions, milliseconds.
    public let largestGapMilliseconds: Int64
    /// What was wrong, by kind in alphabetic order; kinds that did not occur are left out.
    public let problems: [Problem]
}
