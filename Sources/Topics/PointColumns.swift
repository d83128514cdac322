internal import SwiftProtobuf
internal import Trips

/// Points as the columns of a `PointBatch`, and back.
enum PointColumns {
    /// Points that one batch may have.
    static let limit = 10_000

    static func encode(_ points: [Point]) -> Tacho_V1_PointBatch {
        var batch = Tacho_V1_PointBatch()
        batch.count = UInt32(points.count)
        batch.timeMs = column(points) { $0.timeMilliseconds } ?? Tacho_V1_Column()
        batch.latitudeE7 = column(points) { Int64($0.latitudeE7) } ?? Tacho_V1_Column()
        batch.longitudeE7 = column(points) { Int64($0.longitudeE7) } ?? Tacho_V1_Column()
        let sequences = column(points) { $0.sequence == Point.unnumbered ? nil : $0.sequence }
        if let sequences { batch.sequence = sequences }
        for (wire, field) in sensors {
            let values = column(points) { point in
                let value = point[keyPath: field]
                return value == Point.missing ? nil : Int64(value)
            }
            if let values { batch[keyPath: wire] = values }
        }
        return batch
    }

    static func decode(_ batch: Tacho_V1_PointBatch) throws(Undecodable) -> [Point] {
        let count = Int(batch.count)
        guard (1...limit).contains(count) else {
            throw Undecodable("count is \(count), allowed are 1 to \(limit)")
        }
        var points = [Point](
            repeating: Point(timeMilliseconds: 0, latitudeE7: 0, longitudeE7: 0), count: count)
        try required(batch.timeMs, "time_ms", &points) { $0.timeMilliseconds = $1 }
        try required(batch.latitudeE7, "latitude_e7", &points) { $0.latitudeE7 = narrow($1) }
        try required(batch.longitudeE7, "longitude_e7", &points) { $0.longitudeE7 = narrow($1) }
        if batch.hasSequence {
            // -1 stands for no number; a number below 0 must not pass for it.
            try fill(batch.sequence, "sequence", &points) { $0.sequence = $1 < 0 ? Int64.min : $1 }
        }
        for (wire, field) in sensors where !batch[keyPath: wire].isEmpty {
            try fill(batch[keyPath: wire], "column", &points) { $0[keyPath: field] = narrow($1) }
        }
        for (index, point) in points.enumerated() {
            if let name = PointLimits.violation(in: point) {
                throw Undecodable("point \(index): \(name) is out of range")
            }
        }
        return points
    }

    /// The sensors' columns, each with its field.
    private static let sensors: [Sensor] = [
        (\.speedMPerH, \.speedMetersPerHour),
        (\.headingCdeg, \.headingCentidegrees),
        (\.altitudeCm, \.altitudeCentimeters),
        (\.accuracyCm, \.accuracyCentimeters),
        (\.engineCrpm, \.engineCentiRpm),
        (\.throttleCpct, \.throttleCentipercent),
        (\.engineLoadCpct, \.engineLoadCentipercent),
        (\.massAirFlowCgPerS, \.massAirFlowCentigramsPerSecond),
        (\.fuelRateClPerH, \.fuelRateCentilitersPerHour),
    ]

    private typealias Sensor = (
        any (WritableKeyPath<Tacho_V1_PointBatch, Tacho_V1_Column> & Sendable),
        any (WritableKeyPath<Point, Int32> & Sendable)
    )

    /// A value that no field of 32 bits can hold becomes one that no field may have.
    private static func narrow(_ value: Int64) -> Int32 {
        value > Int64(Int32.min) && value <= Int64(Int32.max) ? Int32(value) : Int32.max
    }

    /// The column of a field, or nil where no point has it.
    private static func column(
        _ points: [Point], _ value: (Point) -> Int64?
    ) -> Tacho_V1_Column? {
        var column = Tacho_V1_Column()
        column.deltas.reserveCapacity(points.count)
        var present = [UInt32](repeating: 0, count: (points.count + 31) / 32)
        var last: Int64 = 0
        for (index, point) in points.enumerated() {
            guard let value = value(point) else { continue }
            column.deltas.append(value &- last)
            last = value
            present[index / 32] |= 1 << UInt32(index % 32)
        }
        guard !column.deltas.isEmpty else { return nil }
        if column.deltas.count < points.count { column.present = present }
        return column
    }

    private static func required(
        _ column: Tacho_V1_Column, _ name: String, _ points: inout [Point],
        _ set: (inout Point, Int64) -> Void
    ) throws(Undecodable) {
        guard column.present.isEmpty else {
            throw Undecodable("\(name): every point needs a value")
        }
        try fill(column, name, &points, set)
    }

    private static func fill(
        _ column: Tacho_V1_Column, _ name: String, _ points: inout [Point],
        _ set: (inout Point, Int64) -> Void
    ) throws(Undecodable) {
        var value: Int64 = 0
        if column.present.isEmpty {
            guard column.deltas.count == points.count else {
                throw Undecodable(
                    "\(name): \(column.deltas.count) values for \(points.count) points")
            }
            for index in points.indices {
                value &+= column.deltas[index]
                set(&points[index], value)
            }
            return
        }
        let present = column.present
        let marked = present.reduce(0) { $0 + $1.nonzeroBitCount }
        guard present.count == (points.count + 31) / 32, marked == column.deltas.count else {
            throw Undecodable(
                "\(name): \(present.count) words mark \(marked) of \(points.count) points, with "
                    + "\(column.deltas.count) values")
        }
        var next = 0
        for index in 0..<(present.count * 32)
        where present[index / 32] >> UInt32(index % 32) & 1 == 1 {
            guard index < points.count else {
                throw Undecodable("\(name): a value is marked beyond the last point")
            }
            value &+= column.deltas[next]
            next += 1
            set(&points[index], value)
        }
    }
}

extension Tacho_V1_Column {
    /// Whether it says nothing, as a column that is left out.
    fileprivate var isEmpty: Bool { deltas.isEmpty && present.isEmpty }
}
