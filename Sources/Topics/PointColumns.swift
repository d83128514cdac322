internal import SwiftProtobuf
internal import Trips

/// Points from the columns of a `PointBatch`, in whatever form the generated code reads it.
enum PointColumns {
    /// Points that one batch may have.
    static let limit = 10_000

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

    /// The batch of one point.
    static func batch(of point: Point) -> Tacho_V1_PointBatch {
        let bytes = withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: PointWriter.room(points: 1)
        ) { scratch in
            Array(scratch[..<PointWriter.write([point], to: scratch)])
        }
        do {
            return try Tacho_V1_PointBatch(serializedBytes: bytes)
        } catch {
            preconditionFailure("what is written here can be read: \(error)")
        }
    }

    // The sensors are written out one by one: a key path a value would cost more than all the rest
    // of the codec.

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

    /// A value that no field of 32 bits can hold becomes one that no field may have.
    private static func narrow(_ value: Int64) -> Int32 {
        value > Int64(Int32.min) && value <= Int64(Int32.max) ? Int32(value) : Int32.max
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
