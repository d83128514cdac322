internal import Trips

/// What a phone records of a vehicle's motion, and what was true at every reading.
struct Recording {
    private(set) var points: [Point] = []
    private(set) var accelerations: [Int32] = []
    private(set) var speeds: [Double] = []
    private(set) var distanceMeters = 0.0

    /// Seconds over which the error of a position stays much the same.
    private static let noiseSeconds = 20.0
    /// No drive takes longer, in seconds.
    private static let longestDrive = 4 * 3600.0

    init(
        _ motion: VehicleMotion, options: Simulation.Options, hasVehicleSpeed: Bool,
        startMilliseconds: Int64, noise: SeededGenerator
    ) {
        var motion = motion
        var error = PositionError(deviation: options.noiseMeters, generator: noise)
        let stepsPerSample = Int((options.sampleSeconds / VehicleMotion.step).rounded())
        let sample = Double(stepsPerSample) * VehicleMotion.step
        var standing = 0
        while true {
            let milliseconds =
                startMilliseconds + Int64((Double(points.count) * sample * 1000).rounded())
            let place = motion.place + error.offset
            let position = place.position(around: (options.latitudeE7, options.longitudeE7))
            var point = Point(
                sequence: Int64(points.count), timeMilliseconds: milliseconds,
                latitudeE7: position.0, longitudeE7: position.1)
            if hasVehicleSpeed {
                // As an OBD reader gives it: whole kilometres an hour.
                point.speedMetersPerHour = Int32((motion.speed * 3.6).rounded()) * 1000
            }
            let before = speeds.last ?? motion.speed
            accelerations.append(Int32(((motion.speed - before) / sample * 100).rounded()))
            speeds.append(motion.speed)
            points.append(point)
            distanceMeters = motion.distance
            if motion.hasArrived { standing += 1 }
            if standing > 3 || motion.second > Self.longestDrive { return }
            for _ in 0..<stepsPerSample { motion.advance() }
            error.drift(seconds: sample)
        }
    }

    /// The error of positions: it wanders, and its deviation stays.
    private struct PositionError {
        let deviation: Double
        var generator: SeededGenerator
        var offset: Vector

        init(deviation: Double, generator: SeededGenerator) {
            self.deviation = deviation
            self.generator = generator
            offset = Vector(east: 0, north: 0)
            offset = normal(deviation)
        }

        mutating func drift(seconds: Double) {
            let kept = max(0, 1 - seconds / Recording.noiseSeconds)
            offset = offset * kept + normal(deviation * (1 - kept * kept).squareRoot())
        }

        private mutating func normal(_ deviation: Double) -> Vector {
            Vector(east: generator.normal() * deviation, north: generator.normal() * deviation)
        }
    }
}
