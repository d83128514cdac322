import SwiftProtobuf
import Trips

@testable import Topics

/// Uploads of points as the generated code writes them: what the codec by hand must be equal to.
enum GeneratedCodec {
    static func encode(_ upload: Upload, _ points: [Point]) throws -> [UInt8] {
        var message = Tacho_V1_TripUpload()
        message.user = upload.user?.rawValue ?? ""
        if let name = upload.name { message.name = name }
        if let vin = upload.vin { message.vin = vin }
        message.points = encode(points)
        return try message.serializedBytes()
    }

    private static func encode(_ points: [Point]) -> Tacho_V1_PointBatch {
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

    /// A sensor's value, or nil where it said nothing.
    @inline(__always)
    private static func reading(_ value: Int32) -> Int64? {
        value == Point.missing ? nil : Int64(value)
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
}
