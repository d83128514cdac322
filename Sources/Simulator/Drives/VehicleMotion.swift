/// A vehicle on its path, moved in small steps by its driver: free driving as in the intelligent
/// driver model, kinematic braking for what lies ahead, and disturbances that a seed decides.
struct VehicleMotion {
    /// Seconds of a step.
    static let step = 0.1
    /// How hard a driver brakes at most for a light that turns red; else it is run.
    private static let lightDeceleration = 3.6
    /// How far ahead a driver looks, in metres.
    private static let sight = 400.0

    let path: DrivingPath
    private let figures: Temperament.Figures
    private var generator: SeededGenerator

    /// Seconds since the trip's beginning.
    private(set) var second = 0.0
    /// Metres along the path.
    private(set) var distance = 0.0
    /// Metres a second.
    private(set) var speed = 0.0
    private var acceleration = 0.0
    private var vertex = 0
    private var gate = 0
    private var waitsUntil: Double
    /// Acceleration of the start that is being made.
    private var startAcceleration: Double
    private var hazard: (deceleration: Double, until: Double)?
    private var slowedUntil = 0.0
    private var slowedTo = 0.0
    private let clockOffset: Double

    init(
        path: DrivingPath, temperament: Temperament, clockOffset: Double,
        generator: SeededGenerator
    ) {
        self.path = path
        self.generator = generator
        self.clockOffset = clockOffset
        var figures = temperament.figures
        figures.acceleration *= self.generator.between(0.9, 1.1)
        figures.deceleration *= self.generator.between(0.9, 1.1)
        figures.speedShare *= self.generator.between(0.97, 1.03)
        self.figures = figures
        waitsUntil = self.generator.between(2, 5)
        startAcceleration = figures.acceleration
    }

    /// Whether the vehicle stands at its path's end.
    var hasArrived: Bool { speed == 0 && path.length - distance < 4 }

    /// Where the vehicle is.
    var place: Vector { path.place(at: distance, after: vertex) }

    /// Moves on by ``step``.
    mutating func advance() {
        second += Self.step
        passGates()
        surprise()
        var wanted = freeAcceleration()
        var jerk = 3.0
        wanted = min(wanted, accelerationForBends())
        wanted = min(wanted, stop(in: path.length - 1 - distance))
        if gate < path.gates.count, mustStop(at: path.gates[gate]) {
            wanted = min(wanted, stop(in: path.gates[gate].distance - distance))
        }
        if let hazard {
            if speed <= hazard.until {
                self.hazard = nil
                start()
            } else {
                wanted = min(wanted, -hazard.deceleration)
            }
        }
        if wanted < -figures.deceleration * 1.2 { jerk = 12 }
        if startAcceleration > figures.acceleration * 1.2 { jerk = 6 }
        move(wanted, jerk)
    }

    private mutating func move(_ wanted: Double, _ jerk: Double) {
        let change = jerk * Self.step
        acceleration += min(max(wanted - acceleration, -change), change)
        let next = max(0, speed + acceleration * Self.step)
        if next == 0 { acceleration = max(0, min(acceleration, wanted)) }
        distance = min(distance + (speed + next) / 2 * Self.step, path.length)
        speed = next
        while vertex + 2 < path.vertices.count, path.distances[vertex + 1] <= distance {
            vertex += 1
            if path.limits[vertex] > path.limits[vertex - 1] * 1.15 { start() }
        }
    }

    /// The intelligent driver model's free term.
    private func freeAcceleration() -> Double {
        if second < waitsUntil { return min(0, -speed) }
        var kept = path.limits[vertex] * figures.speedShare
        if second < slowedUntil { kept = min(kept, slowedTo) }
        let ratio = speed / kept
        let fourth = ratio * ratio * ratio * ratio
        return max(startAcceleration * (1 - fourth), -0.7 * figures.deceleration)
    }

    /// What bends and lower limits ahead ask for.
    private func accelerationForBends() -> Double {
        var worst = 0.0
        var index = vertex + 1
        while index < path.vertices.count {
            let ahead = path.distances[index] - distance
            guard ahead < Self.sight else { break }
            var allowed = path.limits[index] * figures.speedShare
            if path.curvatures[index] > 0 {
                allowed = min(allowed, (figures.lateral / path.curvatures[index]).squareRoot())
            }
            if speed > allowed {
                worst = max(worst, (speed * speed - allowed * allowed) / (2 * max(ahead, 2)))
            }
            index += 1
        }
        return braking(worst)
    }

    private func stop(in ahead: Double) -> Double {
        if ahead < 0.3 { return -3 }
        return braking(speed * speed / (2 * ahead))
    }

    /// Brakes once about the comfortable deceleration is needed, and coasts shortly before.
    private func braking(_ needed: Double) -> Double {
        if needed >= 0.85 * figures.deceleration { return -needed }
        return needed > 0.7 * figures.deceleration ? -0.3 : .infinity
    }

    private mutating func passGates() {
        guard gate < path.gates.count else { return }
        let next = path.gates[gate]
        if distance > next.distance + 1 {
            gate += 1
            return
        }
        // Standing at a sign, the driver looks around and goes.
        if speed == 0, next.distance - distance < 4, second >= waitsUntil {
            if next.light == nil {
                waitsUntil = second + generator.between(1, 3)
                gate += 1
            } else if !mustStop(at: next) {
                gate += 1
            } else {
                return
            }
            start()
        }
    }

    private func mustStop(at gate: DrivingPath.Gate) -> Bool {
        guard let light = gate.light else { return true }
        if light.isGreen(axis: gate.axis, second: second + clockOffset) { return false }
        let ahead = max(gate.distance - distance, 0.1)
        return speed * speed / (2 * ahead) <= Self.lightDeceleration
    }

    /// A start: from standing, after a hazard, or where the limit rises; hard or not.
    private mutating func start() {
        startAcceleration =
            generator.happens(figures.hardStarts)
            ? generator.between(2.4, 3.9) : figures.acceleration
    }

    /// What other people do: hazards, and slower vehicles ahead.
    private mutating func surprise() {
        if speed > 0.9 * path.limits[vertex] { startAcceleration = figures.acceleration }
        let meters = speed * Self.step
        let isHazard = generator.happens(figures.hazardsPerKilometer * meters / 1000)
        let isSlow = generator.happens(0.4 * meters / 1000)
        let deceleration = generator.between(2.7, 6)
        let share = generator.between(0.05, 0.6)
        if isHazard, hazard == nil, speed > 8 {
            hazard = (deceleration, speed * share)
        } else if isSlow, second > slowedUntil {
            slowedUntil = second + 20 * share + 5
            slowedTo = path.limits[vertex] * (0.4 + share / 2)
        }
    }
}
