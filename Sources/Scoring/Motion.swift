/// How the vehicle moved in one second of a stretch.
struct Motion: Sendable {
    /// Seconds on either side that are looked at.
    static let reach = 6
    /// Seconds on either side in which the vehicle's speed must agree with its positions.
    private static let agreementReach = 4

    /// Acceleration over the slow and the quick filter, m/s²; equal where it is the vehicle's own.
    var slow = 0.0
    var quick = 0.0
    /// Acceleration to the left, m/s².
    var left = 0.0
    /// Speed, metres per hour.
    var metersPerHour = 0.0
    /// Whether the vehicle's own speed is believed.
    var isVehicles = false
    /// Whether the vehicle's own speed contradicts the positions.
    var contradicts = false

    /// The weights with which a second that is 1…6 s later, less the one that is as much earlier,
    /// enters the acceleration: the optimal smoother for an acceleration that wanders by
    /// 0.5 (m/s²)² a second, under position noise that wanders by 0.88 m² a second and is
    /// uncertain by 0.39 m² besides.
    private static let slowWeights: InlineArray<6, Double> = [
        0.0790, 0.0935, 0.0647, 0.0296, 0.0060, -0.0044,
    ]
    /// The same for an acceleration that wanders by 1.5 (m/s²)² a second.
    private static let quickWeights: InlineArray<6, Double> = [
        0.1343, 0.1299, 0.0610, 0.0089, -0.0098, -0.0090,
    ]

    init(at index: Int, of stretch: borrowing Stretch) {
        let bounds = stretch.bounds
        let cell = stretch[index]
        var east = 0.0
        var north = 0.0
        for reach in 1...Motion.reach
        where bounds.contains(index - reach) && bounds.contains(index + reach) {
            let before = stretch[index - reach]
            let after = stretch[index + reach]
            let difference = after.along - before.along
            slow += Motion.slowWeights[reach - 1] * difference
            quick += Motion.quickWeights[reach - 1] * difference
            east += Motion.slowWeights[reach - 1] * (after.east - before.east)
            north += Motion.slowWeights[reach - 1] * (after.north - before.north)
        }
        left = cell.directionEast * north - cell.directionNorth * east
        metersPerHour = max(0, Motion.smoothedSpeed(at: index, of: stretch)) * 3_600
        agree(at: index, of: stretch)
        if isVehicles {
            slow = (cell.speedAfter - cell.speedBefore) / 3_600
            quick = slow
            metersPerHour = cell.speedAfter
        }
    }

    private static func smoothedSpeed(at index: Int, of stretch: borrowing Stretch) -> Double {
        var sum = 0.0
        var count = 0.0
        for other in index - 1...index + 1 where stretch.bounds.contains(other) {
            sum += stretch[other].along
            count += 1
        }
        return sum / count
    }

    private mutating func agree(at index: Int, of stretch: borrowing Stretch) {
        guard stretch[index].speedAfter >= 0, stretch[index].speedBefore >= 0 else { return }
        var driven = 0.0
        var moved = 0.0
        for other in index - Motion.agreementReach...index + Motion.agreementReach
        where stretch.bounds.contains(other) {
            let cell = stretch[other]
            guard cell.speedBefore >= 0, cell.speedAfter >= 0 else { return }
            driven += (cell.speedBefore + cell.speedAfter) / 7_200
            moved += cell.along
            if abs(cell.speedAfter - cell.speedBefore) > 12 * 3_600 { contradicts = true }
        }
        if abs(driven - moved) > 10 + 0.15 * max(driven, moved) { contradicts = true }
        isVehicles = !contradicts
    }
}
