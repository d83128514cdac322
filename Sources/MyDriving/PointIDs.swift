internal import Topics
internal import Trips

/// The ids of a trip's points: UUIDs that hold the point's identity in its trip, and of the trip's
/// hash what room is left, so that no two trips share one and none has to be kept.
///
/// From the first bit: 48 bits of hash, the version (8), 12 bits of hash, the variant, 8 bits of hash,
/// whether the rest is a time, 53 bits: the sequence, or the time in epoch milliseconds.
struct PointIDs {
    private let high: UInt64
    private let low: UInt64
    private static let identity: UInt64 = 1 << 54 - 1
    private static let isTime: UInt64 = 1 << 53

    /// The ids of this trip's points.
    init(of trip: TripID) {
        let bits = DerivedID.digest("point", [trip.rawValue])
        high = bits.high & ~0xf000 | 0x8000
        low = (bits.low & ~(3 << 62) | 2 << 62) & ~Self.identity
    }

    /// The id of a point.
    func id(of key: PointKey) -> String {
        switch key {
        case .sequence(let number):
            UUIDText.text(high: high, low: low | UInt64(bitPattern: number))
        case .time(let milliseconds):
            UUIDText.text(high: high, low: low | Self.isTime | UInt64(bitPattern: milliseconds))
        }
    }

    /// The point that an id names; nil for an id of another trip, or of none.
    func key(of text: String) -> PointKey? {
        guard let bits = UUIDText.bits(text), bits.high == high, bits.low & ~Self.identity == low
        else { return nil }
        let number = Int64(bits.low & (Self.isTime - 1))
        return bits.low & Self.isTime == 0 ? .sequence(number) : .time(number)
    }
}
