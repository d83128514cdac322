import Simulator
import Testing
import Trips

@Suite struct `A simulated fleet` {
    private static let start: Int64 = 1_772_434_800_000

    private func simulation(
        seed: UInt64, drivers: Int = 3, change: (inout Simulation.Options) -> Void = { _ in }
    ) -> Simulation {
        var options = Simulation.Options(startMilliseconds: Self.start)
        change(&options)
        return Simulation(seed: seed, drivers: drivers, options: options)
    }

    @Test func `the same seed makes the same drives`() {
        let one = simulation(seed: 5).trips(6)
        let again = simulation(seed: 5).trips(6)
        let other = simulation(seed: 6).trips(6)
        #expect(one == again)
        #expect(one.map { DrivesCSV.rows(of: $0) } == again.map { DrivesCSV.rows(of: $0) })
        #expect(Set(one.map(\.id)).count == 6)
        #expect(one[0].points.map(\.latitudeE7) != other[0].points.map(\.latitudeE7))
        #expect(one[0].id.rawValue == "drive-5-\(Self.start)-0-0")
        #expect(one.map(\.user.rawValue) == (0..<6).map { "driver-\($0 % 3 + 1)" })
    }

    @Test func `noise changes positions and nothing else`() {
        let exact = simulation(seed: 5) { $0.noiseMeters = 0 }.trips(1)[0]
        let noisy = simulation(seed: 5) { $0.noiseMeters = 3 }.trips(1)[0]
        #expect(exact.accelerations == noisy.accelerations)
        #expect(exact.uploads == noisy.uploads)
        let distances = zip(exact.points, noisy.points).map {
            Geometry.distanceMeters(from: $0, to: $1)
        }
        let square = distances.reduce(0) { $0 + $1 * $1 } / Double(distances.count)
        #expect((2.0...7.0).contains(square.squareRoot()))
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `every place of a town can be reached`(seed: UInt64) throws {
        let town = RoadNetwork.town(seed: seed)
        #expect(town.isConnected)
        for (start, goal) in [(0, 153), (153, 0), (70, 177), (160, 5)] {
            let route = try #require(town.route(from: start, to: goal))
            #expect(town.roads[try #require(route.first)].from == start)
            #expect(town.roads[try #require(route.last)].to == goal)
            for (road, next) in zip(route, route.dropFirst()) {
                #expect(town.roads[road].to == town.roads[next].from)
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `motion keeps to the limits of roads and vehicles`(seed: UInt64) {
        let trips = simulation(seed: seed, drivers: 6) {
            $0.noiseMeters = 0
            $0.vehicleSpeedShare = 1
        }.trips(6)
        for trip in trips {
            #expect(trip.speeds.max() ?? 0 < 110 / 3.6 * 1.12, "seed \(seed)")
            #expect(trip.speeds.min() == 0 && trip.speeds.last == 0, "seed \(seed)")
            #expect(trip.accelerations.allSatisfy { abs($0) < 800 }, "seed \(seed)")
            #expect(trip.distanceMeters > 1_500, "seed \(seed)")
            var gone = 0.0
            for index in trip.points.indices.dropFirst() {
                let before = trip.speeds[index - 1]
                let speed = trip.speeds[index]
                let acceleration = Double(trip.accelerations[index]) / 100
                #expect(abs(speed - before - acceleration) <= 0.0051, "seed \(seed)")
                let step = Geometry.distanceMeters(
                    from: trip.points[index - 1], to: trip.points[index])
                gone += step
                // Speed may rise and fall within a second; a chord is shorter than a curve.
                #expect(abs(step - (before + speed) / 2) < 1.2, "seed \(seed)")
                let shown = Double(trip.points[index].speedMetersPerHour) / 3600
                #expect(abs(shown - speed) < 0.14, "seed \(seed)")
            }
            #expect(abs(gone / trip.distanceMeters - 1) < 0.01, "seed \(seed)")
        }
    }

    @Test func `temperaments differ in what they do`() {
        func hardEvents(_ temperament: Temperament) -> Int {
            simulation(seed: 9, drivers: 10) { $0.temperament = temperament }
                .trips(20).reduce(0) { $0 + $1.events.count }
        }
        let calm = hardEvents(.calm)
        let aggressive = hardEvents(.aggressive)
        #expect(calm < 15)
        #expect(aggressive > 30)
    }

    @Test func `phones send everything, whatever happens to them`() {
        let trips = simulation(seed: 3, drivers: 4) {
            $0.uploads.offlineShare = 1
            $0.uploads.resendShare = 0.3
            $0.uploads.overlapShare = 0.3
            $0.uploads.reorderShare = 0.3
        }.trips(8)
        var sizes: [Int] = []
        for trip in trips {
            let sent = trip.uploads.flatMap(\.indices)
            #expect(Set(sent) == Set(trip.points.indices))
            #expect(sent.count > trip.points.count)
            #expect(sent != sent.sorted())
            sizes += trip.uploads.map(\.indices.count)
        }
        #expect(sizes.max() ?? 0 > 40)
        let plain = simulation(seed: 3) {
            $0.uploads.offlineShare = 0
            $0.uploads.resendShare = 0
        }.trips(1)[0]
        #expect(plain.uploads.flatMap(\.indices) == Array(plain.points.indices))
        #expect(plain.uploads.dropLast().allSatisfy { $0.indices.count == 10 })
    }

    @Test func `drives come back from their CSV`() throws {
        let trips = simulation(seed: 8).trips(3)
        let text = trips.reduce(into: Array(DrivesCSV.header.utf8)) { $0 += DrivesCSV.rows(of: $1) }
        let file = try TripFile(name: "drives.csv", bytes: text)
        #expect(file.problems.isEmpty)
        #expect(file.trips.map(\.id) == trips.map(\.id))
        for (read, trip) in zip(file.trips, trips) {
            var expected = trip.points
            for index in expected.indices { expected[index].sequence = Point.unnumbered }
            #expect(read.points == expected)
        }
    }
}
