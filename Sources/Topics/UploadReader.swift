internal import Trips

/// Reads uploads of points that are written as ``PointWriter`` writes them: every field once, in
/// order, columns packed. That is what the gateway appends, and what a worker's time goes into.
///
/// Anything else is nil, also what is wrong with the bytes: the generated code reads that, and says
/// why. Where both read something, they read the same.
enum UploadReader {
    /// An upload of points, each in range.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Upload? {
        guard var cursor = WireCursor(bytes), cursor.passes(0x0a),
            let user = text(&cursor).flatMap({ UserID($0) })
        else { return nil }
        var name: String?
        if cursor.passes(0x12) {
            name = text(&cursor)
            guard let name, Text.isPrintable(name, upTo: Upload.nameLimit) else { return nil }
        }
        var vin: String?
        if cursor.passes(0x1a) {
            vin = text(&cursor)
            guard let vin, Text.isPrintable(vin, upTo: Upload.vinLimit) else { return nil }
        }
        guard cursor.passes(0x2a), let batch = cursor.inside(), cursor.isAtEnd,
            let points = points(batch)
        else { return nil }
        return Upload(user: user, name: name, vin: vin, content: .points(points))
    }

    private static func text(_ cursor: inout WireCursor) -> String? {
        cursor.inside().flatMap { String(validating: $0.rest, as: UTF8.self) }
    }

    private static func points(_ batch: WireCursor) -> [Point]? {
        var cursor = batch
        guard cursor.passes(0x08), let count = cursor.varint(),
            (1...UInt64(PointColumns.limit)).contains(count)
        else { return nil }
        var isGood = false
        let points = [Point](unsafeUninitializedCapacity: Int(count)) { points, filled in
            let all = UnsafeMutableBufferPointer(rebasing: points[..<Int(count)])
            all.initialize(
                repeating: Point(timeMilliseconds: 0, latitudeE7: 0, longitudeE7: 0))
            filled = Int(count)
            var reading = ColumnReading(points: all, cursor: cursor)
            isGood = reading.readAll()
        }
        return isGood ? points : nil
    }
}

/// Columns on their way into points.
private struct ColumnReading {
    let points: UnsafeMutableBufferPointer<Point>
    var cursor: WireCursor

    /// Reads every column there is; false where one is not as it is written here.
    mutating func readAll() -> Bool {
        let times = PointLimits.earliestMilliseconds...PointLimits.latestMilliseconds
        return required(0x12, times) { $0.timeMilliseconds = $1 }
            && required(0x1a, wide(PointLimits.latitude)) { $0.latitudeE7 = narrow($1) }
            && required(0x22, wide(PointLimits.longitude)) { $0.longitudeE7 = narrow($1) }
            && optional(0x2a, PointLimits.sequence) { $0.sequence = $1 }
            && optional(0x32, range(0)) { $0.speedMetersPerHour = narrow($1) }
            && optional(0x3a, range(1)) { $0.headingCentidegrees = narrow($1) }
            && optional(0x42, range(2)) { $0.altitudeCentimeters = narrow($1) }
            && optional(0x4a, range(3)) { $0.accuracyCentimeters = narrow($1) }
            && optional(0x52, range(4)) { $0.engineCentiRpm = narrow($1) }
            && optional(0x5a, range(5)) { $0.throttleCentipercent = narrow($1) }
            && optional(0x62, range(6)) { $0.engineLoadCentipercent = narrow($1) }
            && optional(0x6a, range(7)) { $0.massAirFlowCentigramsPerSecond = narrow($1) }
            && optional(0x72, range(8)) { $0.fuelRateCentilitersPerHour = narrow($1) }
            && cursor.isAtEnd
    }

    private func range(_ reading: Int) -> ClosedRange<Int64> { Self.ranges[reading] }
    private static let ranges = PointLimits.readings.map { wide($0.range) }

    @inline(__always)
    private mutating func required(
        _ tag: UInt8, _ range: ClosedRange<Int64>, _ set: (inout Point, Int64) -> Void
    ) -> Bool {
        guard cursor.passes(tag), var column = cursor.inside(), column.passes(0x0a),
            let deltas = column.inside(), column.isAtEnd
        else { return false }
        return readWhole(deltas, range, set)
    }

    @inline(__always)
    private mutating func optional(
        _ tag: UInt8, _ range: ClosedRange<Int64>, _ set: (inout Point, Int64) -> Void
    ) -> Bool {
        guard cursor.passes(tag) else { return true }
        guard var column = cursor.inside(), column.passes(0x0a), let deltas = column.inside()
        else { return false }
        if column.isAtEnd { return readWhole(deltas, range, set) }
        guard column.passes(0x12), let present = column.inside(), column.isAtEnd else {
            return false
        }
        return readMarked(deltas, present.rest, range, set)
    }

    /// A value a point.
    @inline(__always)
    private func readWhole(
        _ deltas: WireCursor, _ range: ClosedRange<Int64>, _ set: (inout Point, Int64) -> Void
    ) -> Bool {
        var deltas = deltas
        var value: Int64 = 0
        for index in points.indices {
            guard let delta = deltas.varint() else { return false }
            value &+= unfolded(delta)
            guard value >= range.lowerBound, value <= range.upperBound else { return false }
            set(&points[index], value)
        }
        return deltas.isAtEnd
    }

    /// A value for each point whose bit is set.
    @inline(__always)
    private func readMarked(
        _ deltas: WireCursor, _ present: UnsafeBufferPointer<UInt8>,
        _ range: ClosedRange<Int64>, _ set: (inout Point, Int64) -> Void
    ) -> Bool {
        guard present.count == (points.count + 31) / 32 * 4 else { return false }
        var deltas = deltas
        var value: Int64 = 0
        for byte in present.indices {
            var bits = present[byte]
            while bits != 0 {
                let index = byte * 8 + bits.trailingZeroBitCount
                bits &= bits &- 1
                guard index < points.count, let delta = deltas.varint() else { return false }
                value &+= unfolded(delta)
                guard value >= range.lowerBound, value <= range.upperBound else { return false }
                set(&points[index], value)
            }
        }
        return deltas.isAtEnd
    }
}

/// A signed number from the form in which small ones are short.
@inline(__always)
private func unfolded(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}

@inline(__always)
private func narrow(_ value: Int64) -> Int32 { Int32(truncatingIfNeeded: value) }

private func wide(_ range: ClosedRange<Int32>) -> ClosedRange<Int64> {
    Int64(range.lowerBound)...Int64(range.upperBound)
}
