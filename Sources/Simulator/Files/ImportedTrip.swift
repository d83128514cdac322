public import Trips

/// A trip as a file tells it.
///
/// The points are fixed-point, and ``PointJSON`` writes them without loss: the gateway reads from
/// an import exactly these points.
public struct ImportedTrip: Equatable, Sendable {
    /// The id that the file gives, if any.
    public var givenID: TripID?
    /// Whose trip it is, where the file says so.
    public var user: UserID?
    /// Its name, if any.
    public var name: String?
    /// The vehicle's identification number, if any.
    public var vin: String?
    /// The readings in the file's order, each within ``PointLimits``.
    public var points: [Point]

    /// A trip of points.
    public init(
        givenID: TripID? = nil, user: UserID? = nil, name: String? = nil, vin: String? = nil,
        points: [Point] = []
    ) {
        self.givenID = givenID
        self.user = user
        self.name = name
        self.vin = vin
        self.points = points
    }

    /// The id that the file gives, else ``derivedID``.
    public var id: TripID { givenID ?? derivedID }

    /// `import-` and 32 hexadecimal digits: FNV-1a, 128 bits, over owner, name and the points.
    ///
    /// Neither the order of the points nor their repetition changes it, so importing a file again
    /// writes the same trip.
    public var derivedID: TripID {
        var hash = Fingerprint()
        hash.absorb(user?.rawValue ?? "")
        hash.absorb(name ?? "")
        var last: Point?
        for point in points.sorted(by: comesBefore) where point != last {
            last = point
            hash.absorb(point.sequence)
            hash.absorb(point.timeMilliseconds)
            hash.absorb(Int64(point.latitudeE7))
            hash.absorb(Int64(point.longitudeE7))
            for reading in PointLimits.readings {
                hash.absorb(Int64(point[keyPath: reading.field]))
            }
        }
        guard let id = TripID("import-\(hash.hexadecimal)") else {
            preconditionFailure("hexadecimal digits make a trip id")
        }
        return id
    }

    /// An order of whatever points, also of several contents for one reading.
    private func comesBefore(_ a: Point, _ b: Point) -> Bool {
        if a.isBefore(b) { return true }
        if b.isBefore(a) { return false }
        return a.wins(over: b)
    }
}

/// FNV-1a with 128 bits.
struct Fingerprint {
    private var value: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

    mutating func absorb(_ byte: UInt8) {
        value ^= UInt128(byte)
        value &*= 0x0000_0000_0100_0000_0000_0000_0000_013b
    }

    /// The bytes of UTF-8 and a byte that ends them and is none of them.
    mutating func absorb(_ text: String) {
        for byte in text.utf8 { absorb(byte) }
        absorb(UInt8(0xff))
    }

    mutating func absorb(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        for _ in 0..<8 {
            absorb(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// The hash folded to half of its length.
    var low64: UInt64 { UInt64(truncatingIfNeeded: value ^ (value >> 64)) }

    var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
