import Trips

/// Columns of delta-coded varints and nothing around them: what decoding cannot do without.
enum Varints {
    /// The columns that ``Drive`` fills, in the wire's order.
    static func columns(of points: [Point]) -> [[UInt8]] {
        [
            encode(points.map(\.timeMilliseconds)),
            encode(points.map { Int64($0.latitudeE7) }),
            encode(points.map { Int64($0.longitudeE7) }),
            encode(points.map(\.sequence)),
            encode(points.map { Int64($0.speedMetersPerHour) }),
            encode(points.map { Int64($0.headingCentidegrees) }),
            encode(points.map { Int64($0.accuracyCentimeters) }),
        ]
    }

    private static func encode(_ values: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: Int64 = 0
        for value in values {
            let delta = value - last
            last = value
            var rest = UInt64(bitPattern: (delta << 1) ^ (delta >> 63))
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8], into sums: inout [Int64]) {
        var sum: Int64 = 0
        var next = 0
        var value: UInt64 = 0
        var shift: UInt64 = 0
        bytes.withUnsafeBufferPointer { bytes in
            sums.withUnsafeMutableBufferPointer { sums in
                for byte in bytes {
                    value |= UInt64(byte & 0x7f) &<< shift
                    shift &+= 7
                    guard byte < 0x80 else { continue }
                    sum &+= Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
                    sums[next] = sum
                    next &+= 1
                    value = 0
                    shift = 0
                }
            }
        }
    }
}
