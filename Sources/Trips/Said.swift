/// What an upload says beside what counts: kept for whoever asks, and out of every score.
public struct Said: Equatable, Sendable {
    /// What is said of one point of the upload.
    public struct OfPoint: Equatable, Sendable {
        /// The point's index in the batch; 0 in a correction.
        public var index: Int
        /// What is said.
        public var facts: PointFacts

        /// `facts` of the point at `index`.
        public init(index: Int, facts: PointFacts) {
            self.index = index
            self.facts = facts
        }
    }

    /// What is said of the trip; only beside a start, an amendment or an end.
    public var trip: TripFacts?
    /// What is said of points: by index, each once. Empty in uploads without points.
    public var points: [OfPoint]

    /// Nothing, unless said otherwise.
    public init(trip: TripFacts? = nil, points: [OfPoint] = []) {
        self.trip = trip
        self.points = points
    }
}
