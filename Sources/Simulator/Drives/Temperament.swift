/// How somebody drives.
public enum Temperament: String, Sendable, CaseIterable, Codable {
    /// Slower than allowed, gently, almost never hard.
    case calm
    /// As allowed, now and then hard.
    case normal
    /// Faster than allowed, hard starts, late braking.
    case aggressive

    /// The figures behind the word.
    struct Figures: Sendable {
        /// Acceleration in m/s² from standing.
        var acceleration: Double
        /// Deceleration in m/s² that is chosen where there is a choice.
        var deceleration: Double
        /// Sideways acceleration in m/s² in turns.
        var lateral: Double
        /// The speed that is kept, as a share of the limit.
        var speedShare: Double
        /// Hazards that need hard braking, a kilometre.
        var hazardsPerKilometer: Double
        /// The share of starts that are hard.
        var hardStarts: Double
    }

    var figures: Figures {
        switch self {
        case .calm:
            Figures(
                acceleration: 1.2, deceleration: 1.3, lateral: 1.8, speedShare: 0.92,
                hazardsPerKilometer: 0.06, hardStarts: 0.01)
        case .normal:
            Figures(
                acceleration: 1.6, deceleration: 1.7, lateral: 2.2, speedShare: 0.98,
                hazardsPerKilometer: 0.35, hardStarts: 0.2)
        case .aggressive:
            Figures(
                acceleration: 2.0, deceleration: 2.1, lateral: 2.6, speedShare: 1.06,
                hazardsPerKilometer: 0.9, hardStarts: 0.6)
        }
    }
}
