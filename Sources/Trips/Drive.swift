/// One drive of a phone, as far as cutting trips needs it.
public struct Drive: Equatable, Sendable {
    /// What the phone does, as far as is known.
    public enum Phase: Equatable, Sendable {
        /// It moves, or has not stood for long enough.
        case moving
        /// It stands where the drive led it.
        case resting
        /// It has left again, on the next drive.
        case left
    }

    /// The position that the phone must be away from to have moved.
    public struct Anchor: Equatable, Sendable {
        /// When it was there, in epoch milliseconds.
        public var timeMilliseconds: Int64
        /// Latitude in 1e-7 degree.
        public var latitudeE7: Int32
        /// Longitude in 1e-7 degree.
        public var longitudeE7: Int32

        /// An anchor at a position.
        public init(timeMilliseconds: Int64, latitudeE7: Int32, longitudeE7: Int32) {
            self.timeMilliseconds = timeMilliseconds
            self.latitudeE7 = latitudeE7
            self.longitudeE7 = longitudeE7
        }

        /// An anchor where the phone is.
        init(_ point: Point) {
            self.init(
                timeMilliseconds: point.timeMilliseconds, latitudeE7: point.latitudeE7,
                longitudeE7: point.longitudeE7)
        }

        /// Metres to a position.
        func distance(to point: Point) -> Double {
            let own = Point(
                timeMilliseconds: timeMilliseconds, latitudeE7: latitudeE7,
                longitudeE7: longitudeE7)
            return Geometry.distanceMeters(from: own, to: point)
        }
    }

    /// The time of the position that was seen first: what the trip's id is made from.
    public var firstMilliseconds: Int64
    /// The time of its earliest position.
    public var startMilliseconds: Int64
    /// The time of its latest position.
    public var endMilliseconds: Int64
    /// Positions that made it longer.
    public var points: Int
    /// Where the phone was when it was last seen to have moved.
    public var anchor: Anchor
    /// What the phone does.
    public var phase = Phase.moving
    /// The time of the last position at rest; the drive's end where it never rested.
    public var restEndMilliseconds: Int64
    /// Whether its trip was said to be over.
    public var isEnded = false
    /// Positions at rest with which the next drive may begin, by time.
    public var waiting: [Point] = []

    /// A drive of one position.
    public init(from point: Point) {
        firstMilliseconds = point.timeMilliseconds
        startMilliseconds = point.timeMilliseconds
        endMilliseconds = point.timeMilliseconds
        restEndMilliseconds = point.timeMilliseconds
        points = 1
        anchor = Anchor(point)
    }

    /// Whether a phone that rests has not left with this position. One that is less exact than
    /// the distance that matters shows no departure.
    func holds(_ point: Point, _ limits: CutLimits) -> Bool {
        let accuracy = point.accuracyCentimeters
        if accuracy != Point.missing, accuracy / 100 > limits.stopMeters { return true }
        return anchor.distance(to: point) < Double(limits.stopMeters)
    }

    /// Whether it may go on until this time.
    func hasRoom(until time: Int64, _ limits: CutLimits) -> Bool {
        points < limits.points && time - startMilliseconds < limits.spanMilliseconds
    }

    /// Whether a position before its first is near enough to be the drive's.
    func takes(earlier time: Int64, _ limits: CutLimits) -> Bool {
        startMilliseconds - time < limits.gapMilliseconds && points < limits.points
            && endMilliseconds - time < limits.spanMilliseconds
    }

    /// Keeps a position at rest: one a moment, the last ones only.
    mutating func keep(_ point: Point, _ limits: CutLimits) {
        let first = restEndMilliseconds - limits.stopMilliseconds
        let time = point.timeMilliseconds
        if time > first {
            if let same = waiting.firstIndex(where: { $0.timeMilliseconds == time }) {
                if point.wins(over: waiting[same]) { waiting[same] = point }
            } else {
                let place = waiting.firstIndex { $0.timeMilliseconds > time } ?? waiting.count
                waiting.insert(point, at: place)
            }
        }
        waiting.removeAll { $0.timeMilliseconds <= first }
        waiting.removeFirst(max(0, waiting.count - limits.waiting))
    }
}
