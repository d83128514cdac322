/// How the vehicle moved in one second of a stretch.
struct Motion: Sendable {
    /// Seconds afterwards that are looked at.
    static let reach = 6
    /// Seconds on either side in which the vehicle's speed must agree with its positions.
    private static let agreementReach = 4
    /// Above this the vehicle's speed is no speed of a vehicle, m/s².
    private static let largestAcceleration = 12.0

    /// Below this ``change`` nothing happens, m/s.
    private static let leastChange = 2.0

    /// Acceleration, m/s²: the vehicle's own, or smoothed where it is told from positions.
    private(set) var acceleration = 0.0
    /// Acceleration over this second and the neighbour where it is larger, m/s², by the sign of
    /// ``acceleration``; for speeds in whole km/h, whose differences are uncertain.
    private(set) var overTwo: Double?
    /// Acceleration to the left, m/s².
    private(set) var left = 0.0
    /// Speed, metres per hour.
    private(set) var metersPerHour = 0.0
    /// Whether the vehicle's own speed is believed.
    private(set) var isVehicles = false
    /// Whether the vehicle's own speed contradicts the positions.
    private(set) var contradicts = false
    /// Speed of the 3 s afterwards less that of the 3 s before, by positions, times 3, m/s.
    private(set) var change = 0.0

    /// Acceleration over two seconds by positions alone, m/s²; means little where they are rough.
    private(set) var steep = 0.0

    /// The weights with which a second that is 1…6 s later, less the one that is as much earlier,
    /// enters the acceleration: the optimal smoother for an acceleration that wanders by
    /// 1.5 (m/s²)² a second, under position noise that wanders by 0.88 m² a second and is
    /// uncertain by 0.39 m² besides.
    private static let weights: InlineArray<6, Double> = [
        0.1343, 0.1299, 0.0610, 0.0089, -0.0098, -0.0090,
    ]
    /// The same for 0.5 (m/s²)² a second, for corners, which need more certainty.
    private static let calmWeights: InlineArray<6, Double> = [
        0.0790, 0.0935, 0.0647, 0.0296, 0.0060, -0.0044,
    ]

    init(at index: Int, of stretch: borrowing Stretch) {
        self = stretch.withCells { cells in
            var motion = Motion(at: index, of: cells)
            if cells[clamping: index].hasSpeed { motion.compareSpeeds(at: index, of: cells) }
            return motion
        }
        if isVehicles { believeVehicle(at: index, of: stretch) }
    }

    private init(at index: Int, of cells: Stretch.Cells) {
        var east = 0.0
        var north = 0.0
        for reach in 1...Motion.reach {
            let before = cells[clamping: index - reach]
            let after = cells[clamping: index + reach]
            acceleration += Motion.weights[reach - 1] * (after.along - before.along)
            east += Motion.calmWeights[reach - 1] * (after.east - before.east)
            north += Motion.calmWeights[reach - 1] * (after.north - before.north)
        }
        let cell = cells[clamping: index]
        left = cell.directionEast * north - cell.directionNorth * east
        let previous = cells[clamping: index - 1].along
        let next = cells[clamping: index + 1].along
        metersPerHour = max(0, previous + cell.along + next) * 1_200
        steep = (next - previous) / 2
        change =
            next + cells[clamping: index + 2].along + cells[clamping: index + 3].along
            - cells[clamping: index - 3].along - cells[clamping: index - 2].along - previous
    }

    /// Whether the speed afterwards is sufficiently above (sign 1) or below (sign -1) that before,
    /// by positions, to look closer.
    func changesSpeed(_ sign: Double) -> Bool { sign * change > Motion.leastChange }

    /// Whether the vehicle's speed is there, and agrees with the positions.
    private mutating func compareSpeeds(at index: Int, of cells: Stretch.Cells) {
        var driven = 0.0
        var moved = 0.0
        let first = max(index - Motion.agreementReach, cells.first)
        let last = min(index + Motion.agreementReach, cells.last)
        for other in first...last {
            let cell = cells[clamping: other]
            guard cell.hasSpeed else { return }
            driven += cell.driven
            moved += cell.along
            if abs(cell.vehicleAcceleration) > Motion.largestAcceleration { contradicts = true }
        }
        if abs(driven - moved) > 10 + 0.15 * max(driven, moved) { contradicts = true }
        isVehicles = !contradicts
    }

    private mutating func believeVehicle(at index: Int, of stretch: borrowing Stretch) {
        let cell = stretch[index]
        acceleration = cell.vehicleAcceleration
        metersPerHour = cell.speedAfter
        guard cell.hasWholeSpeed else { return }
        let before = stretch[clamping: index - 1].vehicleAcceleration
        let after = stretch[clamping: index + 1].vehicleAcceleration
        let neighbor = acceleration < 0 ? min(before, after) : max(before, after)
        overTwo = (acceleration + neighbor) / 2
    }
}

extension Cell {
    /// Whether the vehicle's speed is known at both ends.
    var hasSpeed: Bool { speedBefore >= 0 && speedAfter >= 0 }

    /// Whether the vehicle's speed seems to be given in whole km/h.
    fileprivate var hasWholeSpeed: Bool {
        func isWhole(_ speed: Double) -> Bool {
            let metersPerHour = Int64(speed)
            return metersPerHour % 1_000 == 0 && Double(metersPerHour) == speed
        }
        return isWhole(speedBefore) && isWhole(speedAfter)
    }
}
