internal import Trips

/// Lays the believed positions on whole seconds, counted from the first of an unbroken stretch.
///
/// Between two positions the vehicle is taken to go straight and evenly. Each second that is
/// complete goes to the detectors as a ``Cell``.
struct Grid: Sendable {
    private static let spacingMilliseconds: Int64 = 1_000

    private var detection: Detection
    /// Time of the last second that is complete.
    private var node: Int64 = 0
    /// The vehicle's speed then, metres per hour, or negative where it is unknown.
    private var speed = Cell.unknownSpeed
    /// Metres since then.
    private var east = 0.0
    private var north = 0.0

    init(rules: RuleSet) { detection = Detection(rules: rules) }

    mutating func begin(at point: Point) {
        node = point.timeMilliseconds
        speed = Grid.speed(point)
        east = 0
        north = 0
    }

    /// Ends the stretch: what is left of a second is not looked at.
    mutating func end(tally: inout Tally, into findings: inout [Finding]) {
        detection.end(tally: &tally, into: &findings)
    }

    mutating func move(
        from origin: Point, to point: Point, east: Double, north: Double,
        tally: inout Tally, into findings: inout [Finding]
    ) {
        let end = point.timeMilliseconds
        let elapsed = Double(end - origin.timeMilliseconds)
        var position = origin.timeMilliseconds
        while node + Grid.spacingMilliseconds <= end {
            node += Grid.spacingMilliseconds
            let share = Double(node - position) / elapsed
            let isThere = node == end
            let speedBefore = speed
            speed =
                isThere
                ? Grid.speed(point)
                : Grid.speed(
                    between: origin, point,
                    share: Double(node - origin.timeMilliseconds) / elapsed)
            let place = isThere ? point : origin
            let cell = Cell(
                endMilliseconds: node, latitudeE7: place.latitudeE7,
                longitudeE7: place.longitudeE7, east: self.east + east * share,
                north: self.north + north * share, speedBefore: speedBefore, speedAfter: speed)
            detection.append(cell, tally: &tally, into: &findings)
            self.east = 0
            self.north = 0
            position = node
        }
        let share = Double(end - position) / elapsed
        self.east += east * share
        self.north += north * share
    }

    private static func speed(_ point: Point) -> Double {
        point.speedMetersPerHour == Point.missing
            ? Cell.unknownSpeed : Double(point.speedMetersPerHour)
    }

    private static func speed(between a: Point, _ b: Point, share: Double) -> Double {
        guard a.speedMetersPerHour != Point.missing, b.speedMetersPerHour != Point.missing else {
            return Cell.unknownSpeed
        }
        return Double(a.speedMetersPerHour)
            + Double(b.speedMetersPerHour - a.speedMetersPerHour) * share
    }
}

/// One second of an unbroken stretch of the trip.
struct Cell: Sendable {
    static let unknownSpeed = -1.0

    var endMilliseconds: Int64 = 0
    /// The last believed position at or before the end.
    var latitudeE7: Int32 = 0
    var longitudeE7: Int32 = 0
    /// Metres moved.
    var east = 0.0
    var north = 0.0
    /// The vehicle's speed at the beginning and at the end, metres per hour, or negative.
    var speedBefore = Cell.unknownSpeed
    var speedAfter = Cell.unknownSpeed
    /// Metres by the vehicle's speed, and its change, m/s²; mean nothing where it is unknown. Kept
    /// because every second is looked at from many others.
    private(set) var driven = 0.0
    private(set) var vehicleAcceleration = 0.0
    /// The direction of travel, a unit vector, or zero where none can be told.
    var directionEast = 0.0
    var directionNorth = 0.0
    /// Metres moved in that direction: the speed in m/s, without bias from noise across it.
    var along = 0.0

    /// A second that nothing is known of.
    init() {}

    /// A second without its direction.
    init(
        endMilliseconds: Int64, latitudeE7: Int32, longitudeE7: Int32, east: Double, north: Double,
        speedBefore: Double, speedAfter: Double
    ) {
        self.endMilliseconds = endMilliseconds
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        self.east = east
        self.north = north
        self.speedBefore = speedBefore
        self.speedAfter = speedAfter
        driven = (speedBefore + speedAfter) / 7_200
        vehicleAcceleration = (speedAfter - speedBefore) / 3_600
    }
}
