/// The last samples of one group in one partition, and what state they show.
///
/// After Burrow's rules: no lag is too large by itself; what counts is how position and lag move
/// over the window. A lag of 0 anywhere in it, or one that became less, is as it should be.
public struct LagWindow: Equatable, Sendable {
    /// What was seen at one time.
    public struct Sample: Equatable, Sendable {
        /// The next offset that the group will consume.
        public var position: Int64
        /// Records left to consume.
        public var lag: Int64

        /// A sample.
        public init(position: Int64, lag: Int64) {
            self.position = position
            self.lag = lag
        }
    }

    /// Samples of a window, unless said otherwise: as many as Burrow takes.
    public static let defaultSize = 10

    /// Samples that make a whole window, 2 or more.
    public let size: Int
    /// The samples there are, the oldest first.
    public private(set) var samples: [Sample] = []

    /// An empty window.
    public init(size: Int = LagWindow.defaultSize) {
        precondition(size >= 2, "one sample shows no movement")
        self.size = size
    }

    /// Takes the next sample, and lets go of the oldest one beyond ``size``.
    public mutating func add(_ sample: Sample) {
        samples.append(sample)
        if samples.count > size { samples.removeFirst() }
    }

    /// What the samples show; nil where they are too few to tell: only ``LagState/ok`` can be told
    /// before the window is whole.
    ///
    /// - Parameter isHeld: whether a member has the partition now.
    public func state(isHeld: Bool) -> LagState? {
        guard let first = samples.first else { return nil }
        let steps = zip(samples, samples.dropFirst())
        if samples.contains(where: { $0.lag == 0 }) || steps.contains(where: { $1.lag < $0.lag }) {
            return .ok
        }
        guard samples.count == size else { return nil }
        guard samples.allSatisfy({ $0.position == first.position }) else { return .warn }
        return isHeld ? .stall : .stop
    }
}
