internal import Trips

/// A fleet's drives as pure data: a seed decides a town, its drivers and every drive of theirs.
public struct Simulation: Sendable {
    /// What a simulation is to be like.
    public struct Options: Equatable, Sendable {
        /// When the first drives begin, in milliseconds since 1970.
        public var startMilliseconds: Int64
        /// Seconds between readings, 0.1 or more, a multiple of 0.1.
        public var sampleSeconds = 1.0
        /// Deviation of positions in metres, along each axis; 0 for exact ones.
        public var noiseMeters = 3.0
        /// The share of drivers whose phones read the vehicle's own speed.
        public var vehicleSpeedShare = 0.5
        /// How everybody drives; nil for a mix.
        public var temperament: Temperament?
        /// How phones send.
        public var uploads = UploadPlan()
        /// The town's middle: latitude in 1e-7 degree.
        public var latitudeE7: Int32 = 476_700_000
        /// The town's middle: longitude in 1e-7 degree.
        public var longitudeE7: Int32 = -1_221_200_000

        /// The defaults that each property names, and a start.
        public init(startMilliseconds: Int64) { self.startMilliseconds = startMilliseconds }
    }

    /// What decides everything.
    public let seed: UInt64
    /// How many drive, 1 or more.
    public let drivers: Int
    /// The rest.
    public let options: Options
    /// The town.
    public let network: RoadNetwork

    /// A simulation of drivers.
    public init(seed: UInt64, drivers: Int, options: Options) {
        precondition(drivers > 0 && options.sampleSeconds >= VehicleMotion.step)
        self.seed = seed
        self.drivers = drivers
        self.options = options
        network = RoadNetwork.town(seed: seed)
    }

    /// The drives of a driver, 0 and up, one after another, for ever.
    public func drives(of driver: Int) -> Drives { Drives(driver: driver, in: self) }

    /// The first drives of all drivers, each driver's turn after the other's.
    public func trips(_ count: Int) -> [SimulatedTrip] {
        var trips: [SimulatedTrip] = []
        var fleet = (0..<min(drivers, count)).map { drives(of: $0) }
        while trips.count < count {
            guard let trip = fleet[trips.count % drivers].next() else { break }
            trips.append(trip)
        }
        return trips
    }

    /// How many of so many trips in all are a driver's.
    func share(of driver: Int, in trips: Int) -> Int {
        trips / drivers + (driver < trips % drivers ? 1 : 0)
    }

    /// One driver's drives: each begins where and after the one before it ended.
    public struct Drives: Sequence, IteratorProtocol, Sendable {
        private let simulation: Simulation
        private let driver: Int
        private let temperament: Temperament
        private let hasVehicleSpeed: Bool
        private var number = 0
        private var here: Int
        private var startMilliseconds: Int64

        init(driver: Int, in simulation: Simulation) {
            self.simulation = simulation
            self.driver = driver
            var generator = SeededGenerator(seed: simulation.seed, part: "driver", index: driver)
            let mixed = generator.fraction()
            let words = Temperament.allCases
            temperament =
                simulation.options.temperament
                ?? (mixed < 0.35 ? words[0] : mixed < 0.75 ? words[1] : words[2])
            hasVehicleSpeed = generator.happens(simulation.options.vehicleSpeedShare)
            here = Int.random(in: simulation.network.junctions.indices, using: &generator)
            startMilliseconds =
                simulation.options.startMilliseconds + Int64(generator.fraction() * 20_000)
        }

        /// The next drive; there always is one.
        public mutating func next() -> SimulatedTrip? {
            let options = simulation.options
            let name = "drive-\(simulation.seed)-\(options.startMilliseconds)-\(driver)-\(number)"
            guard let id = TripID(name), let user = UserID("driver-\(driver + 1)") else {
                preconditionFailure("letters, digits and dashes make an id")
            }
            var generator = SeededGenerator(seed: simulation.seed, part: name)
            let route = nextRoute(&generator)
            let recording = Recording(
                VehicleMotion(
                    path: DrivingPath(route, on: simulation.network), temperament: temperament,
                    clockOffset: Double(startMilliseconds % 86_400_000) / 1000,
                    generator: SeededGenerator(seed: simulation.seed, part: "\(name)-motion")),
                options: options, hasVehicleSpeed: hasVehicleSpeed,
                startMilliseconds: startMilliseconds,
                noise: SeededGenerator(seed: simulation.seed, part: "\(name)-noise"))
            let end = recording.points.last?.timeMilliseconds ?? startMilliseconds
            startMilliseconds = end + Int64(generator.between(20, 120) * 1000)
            number += 1
            return SimulatedTrip(
                id: id, user: user, temperament: temperament, points: recording.points,
                accelerations: recording.accelerations, speeds: recording.speeds,
                distanceMeters: recording.distanceMeters,
                uploads: options.uploads.uploads(of: recording.points, using: &generator))
        }

        /// A way to somewhere at least a kilometre and a half away.
        private mutating func nextRoute(_ generator: inout SeededGenerator) -> [Int] {
            let network = simulation.network
            while true {
                let goal = Int.random(in: network.junctions.indices, using: &generator)
                let way = network.junctions[goal].place - network.junctions[here].place
                guard way.length >= 1_500, let route = network.route(from: here, to: goal) else {
                    continue
                }
                here = goal
                return route
            }
        }
    }
}
