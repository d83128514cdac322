/// What a comparison of two versions says of a trip.
public enum TripVerdict: Equatable, Sendable {
    /// Both say the same after the same upload, by whatever rules.
    case equal
    /// They do not.
    case differs(TripChange)
    /// Only the live version has it, and the candidate has passed its uploads.
    case missing
    /// Only the candidate has it, and the live version has passed its uploads.
    case extra
    /// One of them is still on its way to where the other one stands.
    case moving
}

/// How a candidate's word on a trip differs from the live version's.
public struct TripChange: Equatable, Sendable {
    /// What differs.
    public enum Kind: Equatable, Sendable {
        /// The score, the events or something else that the record says.
        case content
        /// The trip is deleted in one of them alone.
        case deletion
        /// An upload counts in one of them alone, and both have passed it.
        case upload
    }

    /// The trip.
    public var trip: String
    /// What differs.
    public var kind: Kind
    /// The live version's score; nil where it gives none.
    public var liveScore: Int?
    /// The candidate's score; nil where it gives none.
    public var candidateScore: Int?
    /// Whether the events differ, what they cost among it.
    public var areEventsOther: Bool

    /// Whether the score differs, or only one of them gives one.
    public var isScoreOther: Bool { liveScore != candidateScore }

    /// The candidate's score less the live version's; nil where one of them gives none.
    public var difference: Int? {
        guard let liveScore, let candidateScore else { return nil }
        return candidateScore - liveScore
    }

    /// How much there is to see in it: a score that is only there on one side is more than any
    /// difference.
    var weight: Int {
        if kind != .content || (liveScore == nil) != (candidateScore == nil) { return 101 }
        return abs(difference ?? 0)
    }

    init(_ trip: String, _ kind: Kind, _ live: TripWord, _ candidate: TripWord) {
        self.trip = trip
        self.kind = kind
        liveScore = live.score
        candidateScore = candidate.score
        areEventsOther = live.events != candidate.events
    }
}
