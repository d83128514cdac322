/// What events cost, part of a rule set: halves of a moderate brake's usual weight.
public struct Weights: Sendable, Equatable {
    /// What the events of one kind weigh.
    public struct Halves: Sendable, Equatable {
        /// A moderate event, halves.
        public var moderate: Int
        /// A severe event, halves.
        public var severe: Int

        /// Weights of moderate and severe events, in halves.
        public init(moderate: Int, severe: Int) {
            self.moderate = moderate
            self.severe = severe
        }
    }

    /// Hard brakes.
    public var brake = Halves(moderate: 2, severe: 4)
    /// Hard accelerations.
    public var acceleration = Halves(moderate: 2, severe: 4)
    /// Hard corners.
    public var corner = Halves(moderate: 1, severe: 2)

    /// The weights of the rule sets that ship.
    public init() {}

    /// What an event weighs, in halves.
    func halves(_ kind: Event.Kind, _ severity: Event.Severity) -> Int {
        let weight =
            switch kind {
            case .hardBrake: brake
            case .hardAcceleration: acceleration
            case .hardCorner: corner
            }
        return severity == .severe ? weight.severe : weight.moderate
    }

    /// Every weight, in the order of declaration.
    var all: [Int] {
        [brake, acceleration, corner].flatMap { [$0.moderate, $0.severe] }
    }
}
