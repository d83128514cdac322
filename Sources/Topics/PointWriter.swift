internal import Trips

/// Writes points as the columns of a `PointBatch`: the bytes that the generated code writes of what
/// ``PointColumns`` makes, without the messages in between.
struct PointWriter {
    private let points: UnsafeBufferPointer<Point>
    private var at: UnsafeMutablePointer<UInt8>

    /// Room for the tag and length of a column, and of the deltas in it.
    private static let headerBytes = 12
    private static let longestVarint = 10
    private static let columns = 13

    /// More bytes than any batch of so many points takes.
    static func room(points: Int) -> Int {
        8 + columns * (2 * headerBytes + points * longestVarint + (points + 31) / 32 * 4)
    }

    /// Writes a batch into ``room(points:)``.
    ///
    /// - Returns: the bytes that it took.
    static func write(_ points: [Point], to scratch: UnsafeMutableBufferPointer<UInt8>) -> Int {
        precondition(scratch.count >= room(points: points.count))
        guard let start = scratch.baseAddress else { return 0 }
        return points.withUnsafeBufferPointer { points in
            var writer = PointWriter(points: points, at: start)
            writer.put(0x08)
            writer.put(varint: UInt64(points.count))
            writer.writeColumns()
            return writer.at - start
        }
    }

    /// Appends a field that has a length.
    static func append(_ tag: UInt8, _ content: some Collection<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(tag)
        var rest = content.count
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        bytes.append(contentsOf: content)
    }

    private mutating func writeColumns() {
        column(0x12) { $0.timeMilliseconds }
        column(0x1a) { Int64($0.latitudeE7) }
        column(0x22) { Int64($0.longitudeE7) }
        column(0x2a) { $0.sequence == Point.unnumbered ? nil : $0.sequence }
        column(0x32) { reading($0.speedMetersPerHour) }
        column(0x3a) { reading($0.headingCentidegrees) }
        column(0x42) { reading($0.altitudeCentimeters) }
        column(0x4a) { reading($0.accuracyCentimeters) }
        column(0x52) { reading($0.engineCentiRpm) }
        column(0x5a) { reading($0.throttleCentipercent) }
        column(0x62) { reading($0.engineLoadCentipercent) }
        column(0x6a) { reading($0.massAirFlowCentigramsPerSecond) }
        column(0x72) { reading($0.fuelRateCentilitersPerHour) }
    }

    /// Writes a column, and nothing where no point has a value.
    @inline(__always)
    private mutating func column(_ tag: UInt8, _ value: (borrowing Point) -> Int64?) {
        let header = at
        // The lengths come before the deltas and are known after them.
        let deltas = at + Self.headerBytes
        at = deltas
        var last: Int64 = 0
        var count = 0
        for index in points.indices {
            guard let value = value(points[index]) else { continue }
            let delta = value &- last
            last = value
            count += 1
            put(varint: UInt64(bitPattern: delta << 1 ^ delta >> 63))
        }
        let bytes = at - deltas
        at = header
        guard count > 0 else { return }
        let presentBytes = count < points.count ? (points.count + 31) / 32 * 4 : 0
        put(tag)
        put(
            varint: UInt64(
                1 + size(bytes) + bytes
                    + (presentBytes > 0 ? 1 + size(presentBytes) + presentBytes : 0)))
        put(0x0a)
        put(varint: UInt64(bytes))
        at.update(from: deltas, count: bytes)
        at += bytes
        guard presentBytes > 0 else { return }
        put(0x12)
        put(varint: UInt64(presentBytes))
        at.update(repeating: 0, count: presentBytes)
        for index in points.indices where value(points[index]) != nil {
            at[index / 8] |= 1 << UInt8(index % 8)
        }
        at += presentBytes
    }

    /// Bytes of a length's varint.
    private func size(_ length: Int) -> Int {
        length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        at.pointee = byte
        at += 1
    }

    @inline(__always)
    private mutating func put(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }
}

/// A sensor's value, or nil where it said nothing.
@inline(__always)
private func reading(_ value: Int32) -> Int64? {
    value == Point.missing ? nil : Int64(value)
}
