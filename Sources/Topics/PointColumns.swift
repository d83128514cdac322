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
        encodeSensors(points, into: &batch)
        return batch
    }

    /// The points, each with values in range.
    static func decode(_ batch: Tacho_V1_PointBatch) throws(Undecodable) -> [Point] {
        let points = try decodeUnchecked(batch)
        for (index, point) in points.enumerated() {
            if let name = PointLimits.violation(in: point) {
                throw Undecodable("point \(index): \(name) is out of range")
            }
        }
        return points
    }

    /// The points as they are; a value that its field cannot hold is one that it may not have.
    static func decodeUnchecked(_ batch: Tacho_V1_PointBatch) throws(Undecodable) -> [Point] {
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
        try decodeSensors(batch, into: &points)
        return points
    }

    // The sensors are written out one by one: a key path a value would cost more than all the rest
    // of the codec.

    private static func encodeSensors(
        _ points: [Point], into batch: inout Tacho_V1_PointBatch
    ) {
        if let column = column(points, { reading($0.speedMetersPerHour) }) {
            batch.speedMPerH = column
        }
        if let column = column(points, { reading($0.headingCentidegrees) }) {
            batch.headingCdeg = column
        }
        if let column = column(points, { reading($0.altitudeCentimeters) }) {
            batch.altitudeCm = column
        }
        if let column = column(points, { reading($0.accuracyCentimeters) }) {
            batch.accuracyCm = column
        }
        if let column = column(points, { reading($0.engineCentiRpm) }) {
            batch.engineCrpm = column
        }
        if let column = column(points, { reading($0.throttleCentipercent) }) {
            batch.throttleCpct = column
        }
        if let column = column(points, { reading($0.engineLoadCentipercent) }) {
            batch.engineLoadCpct = column
        }
        if let column = column(points, { reading($0.massAirFlowCentigramsPerSecond) }) {
            batch.massAirFlowCgPerS = column
        }
        if let column = column(points, { reading($0.fuelRateCentilitersPerHour) }) {
            batch.fuelRateClPerH = column
        }
    }

    private static func decodeSensors(
        _ batch: Tacho_V1_PointBatch, into points: inout [Point]
    ) throws(Undecodable) {
        try optional(batch.speedMPerH, "speed_m_per_h", &points) {
            $0.speedMetersPerHour = narrow($1)
        }
        try optional(batch.headingCdeg, "heading_cdeg", &points) {
            $0.headingCentidegrees = narrow($1)
        }
        try optional(batch.altitudeCm, "altitude_cm", &points) {
            $0.altitudeCentimeters = narrow($1)
        }
        try optional(batch.accuracyCm, "accuracy_cm", &points) {
            $0.accuracyCentimeters = narrow($1)
        }
        try optional(batch.engineCrpm, "engine_crpm", &points) {
            $0.engineCentiRpm = narrow($1)
        }
        try optional(batch.throttleCpct, "throttle_cpct", &points) {
            $0.throttleCentipercent = narrow($1)
        }
        try optional(batch.engineLoadCpct, "engine_load_cpct", &points) {
            $0.engineLoadCentipercent = narrow($1)
        }
        try optional(batch.massAirFlowCgPerS, "mass_air_flow_cg_per_s", &points) {
            $0.massAirFlowCentigramsPerSecond = narrow($1)
        }
        try optional(batch.fuelRateClPerH, "fuel_rate_cl_per_h", &points) {
            $0.fuelRateCentilitersPerHour = narrow($1)
        }
    }

    /// A sensor's value, or nil where it said nothing.
    @inline(__always)
    private static func reading(_ value: Int32) -> Int64? {
        value == Point.missing ? nil : Int64(value)
    }

    /// A value that no field of 32 bits can hold becomes one that no field may have.
    private static func narrow(_ value: Int64) -> Int32 {
        value > Int64(Int32.min) && value <= Int64(Int32.max) ? Int32(value) : Int32.max
    }

    /// The column of a field, or nil where no point has it.
    @inline(__always)
    private static func column(
        _ points: [Point], _ value: (Point) -> Int64?
    ) -> Tacho_V1_Column? {
        let count = points.count { value($0) != nil }
        guard count > 0 else { return nil }
        var column = Tacho_V1_Column()
        column.deltas = [Int64](unsafeUninitializedCapacity: count) { deltas, filled in
            var last: Int64 = 0
            for point in points {
                guard let value = value(point) else { continue }
                deltas[filled] = value &- last
                filled += 1
                last = value
            }
        }
        guard count < points.count else { return column }
        column.present = [UInt32](repeating: 0, count: (points.count + 31) / 32)
        for (index, point) in points.enumerated() where value(point) != nil {
            column.present[index / 32] |= 1 << UInt32(index % 32)
        }
        return column
    }

    @inline(__always)
    private static func optional(
        _ column: Tacho_V1_Column, _ name: String, _ points: inout [Point],
        _ set: (inout Point, Int64) -> Void
    ) throws(Undecodable) {
        if !column.isEmpty { try fill(column, name, &points, set) }
    }

    @inline(__always)
    private static func required(
        _ column: Tacho_V1_Column, _ name: String, _ points: inout [Point],
        _ set: (inout Point, Int64) -> Void
    ) throws(Undecodable) {
        guard column.present.isEmpty else {
            throw Undecodable("\(name): every point needs a value")
        }
        try fill(column, name, &points, set)
    }

    @inline(__always)
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
            points.withUnsafeMutableBufferPointer { points in
                for (index, delta) in column.deltas.enumerated() {
                    value &+= delta
                    set(&points[index], value)
                }
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
