/// A reading's identity in its trip: what makes two readings the same one.
public enum PointKey: Hashable, Sendable, Comparable {
    /// The sender's number, 0 or more.
    case sequence(Int64)
    /// Event time in epoch milliseconds, of a reading without a number.
    case time(Int64)

    /// The identity of a point.
    public init(of point: Point) {
        self =
            point.sequence == Point.unnumbered
            ? .time(point.timeMilliseconds) : .sequence(point.sequence)
    }

    /// Numbered readings by number, then the others by time.
    public static func < (a: PointKey, b: PointKey) -> Bool {
        switch (a, b) {
        case (.sequence(let a), .sequence(let b)), (.time(let a), .time(let b)): a < b
        case (.sequence, .time): true
        case (.time, .sequence): false
        }
    }

    /// Whether a reading may have it.
    public var isInRange: Bool {
        switch self {
        case .sequence(let number): PointLimits.sequence.contains(number)
        case .time(let time): PointLimits.times.contains(time)
        }
    }
}
