import Pipeline
import Reader
import Scoring
import Simulator
import Topics
import Trips

extension Score {
    /// The trips and their events as `/v1` gives them.
    static func document(
        _ scored: [(trip: ImportedTrip, card: Scorecard)], _ rules: RuleSet
    ) -> [UInt8] {
        let rulesHash = rules.hash
        let messages = scored.map { trip, card in
            var state = TripState()
            _ = state.absorb(
                Upload(
                    user: trip.user ?? .anonymous, name: trip.name, vin: trip.vin,
                    content: .points(trip.points)),
                limits: TripLimits(points: .max, spanMilliseconds: .max))
            _ = state.absorb(
                Upload(user: trip.user ?? .anonymous, content: .end), limits: TripLimits())
            return ScoreMessage.compose(
                trip: trip.id, state: state, card: card, rules: rules, rulesHash: rulesHash)
        }
        return ScoredTrips.document(messages, version: .first)
    }
}
