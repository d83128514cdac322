extension RoadNetwork {
    private static let columns = 14
    private static let rows = 11
    private static let spacing = 190.0
    private static let ringRadius = 2_400.0
    private static let ringJunctions = 24
    /// Every fourth street, from the third on, is an arterial.
    private static func isArterial(_ index: Int) -> Bool { index % 4 == 2 }

    /// A town that a seed decides: a grid of streets with irregularities, arterials with traffic
    /// lights, stop signs where streets meet them, and a motorway around it all.
    public static func town(seed: UInt64) -> RoadNetwork {
        var generator = SeededGenerator(seed: seed, part: "town")
        var town = RoadNetwork()
        town.addGrid(&generator)
        town.addStreets(&generator)
        town.addRing(&generator)
        return town
    }

    private static func index(_ column: Int, _ row: Int) -> Int { row * columns + column }

    private mutating func addGrid(_ generator: inout SeededGenerator) {
        for row in 0..<Self.rows {
            for column in 0..<Self.columns {
                let place = Vector(
                    east: (Double(column) - Double(Self.columns - 1) / 2) * Self.spacing
                        + generator.between(-25, 25),
                    north: (Double(row) - Double(Self.rows - 1) / 2) * Self.spacing
                        + generator.between(-25, 25))
                let hasLight = Self.isArterial(column) && Self.isArterial(row)
                let light = TrafficLight(
                    cycleSeconds: generator.between(50, 80),
                    offsetSeconds: generator.between(0, 80))
                _ = add(Junction(place: place, light: hasLight ? light : nil))
            }
        }
    }

    private mutating func addStreets(_ generator: inout SeededGenerator) {
        for row in 0..<Self.rows {
            for column in 0..<Self.columns {
                if column + 1 < Self.columns {
                    addStreet(column, row, alongRow: true, &generator)
                }
                if row + 1 < Self.rows {
                    addStreet(column, row, alongRow: false, &generator)
                }
            }
        }
    }

    private mutating func addStreet(
        _ column: Int, _ row: Int, alongRow: Bool, _ generator: inout SeededGenerator
    ) {
        let isArterial = Self.isArterial(alongRow ? row : column)
        let meetsAtStart = Self.isArterial(alongRow ? column : row)
        let meetsAtEnd = Self.isArterial(alongRow ? column + 1 : row + 1)
        let limit = isArterial ? 60 : generator.happens(0.35) ? 30 : 50.0
        let bend = isArterial ? 0 : generator.between(-35, 35)
        // Streets inside a block may be missing; those along the edge hold the town together.
        let isInner = alongRow ? (1..<Self.rows - 1).contains(row) : false
        let isMissing = !isArterial && isInner && generator.happens(0.12)
        if isMissing { return }
        connect(
            Self.index(column, row),
            alongRow ? Self.index(column + 1, row) : Self.index(column, row + 1),
            bend: alongRow ? Vector(east: 0, north: bend) : Vector(east: bend, north: 0),
            limit: limit / 3.6, axis: alongRow ? 0 : 1,
            stops: (!isArterial && meetsAtStart, !isArterial && meetsAtEnd))
    }

    private mutating func addRing(_ generator: inout SeededGenerator) {
        let count = Self.ringJunctions
        let step = 360 / Double(count)
        var ring: [Int] = []
        for number in 0..<count {
            let radius = Self.ringRadius * generator.between(0.98, 1.02)
            ring.append(
                add(Junction(place: Vector.unit(degrees: Double(number) * step) * radius)))
        }
        for number in 0..<count {
            let next = ring[(number + 1) % count]
            // A bend that makes neighbouring arcs meet without a corner, nearly.
            let chord = (junctions[next].place - junctions[ring[number]].place).length
            let outward = Vector.unit(degrees: (Double(number) + 0.5) * step)
            connect(
                ring[number], next, bend: outward * (chord * 0.066), limit: 110 / 3.6, axis: 0,
                stops: (false, false))
        }
        for column in 0..<Self.columns where Self.isArterial(column) {
            addRamp(from: Self.index(column, 0), axis: 1, ring)
            addRamp(from: Self.index(column, Self.rows - 1), axis: 1, ring)
        }
        for row in 0..<Self.rows where Self.isArterial(row) {
            addRamp(from: Self.index(0, row), axis: 0, ring)
            addRamp(from: Self.index(Self.columns - 1, row), axis: 0, ring)
        }
    }

    private mutating func addRamp(from junction: Int, axis: Int, _ ring: [Int]) {
        let place = junctions[junction].place
        let nearest = ring.min {
            (junctions[$0].place - place).length < (junctions[$1].place - place).length
        }
        guard let nearest else { return }
        connect(
            junction, nearest, bend: Vector(east: 0, north: 0), limit: 80 / 3.6, axis: axis,
            stops: (false, false))
    }
}
