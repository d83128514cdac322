internal import Web

/// MyDriving's units, made from ours at this edge alone: km/h, miles, US gallons.
extension JSONText {
    /// A member that is a distance: metres as miles, to 1/10,000 mile.
    mutating func member(_ name: String, milesOfMeters meters: Int64) {
        // A mile is 1,609.344 m.
        let scaled = (meters.magnitude * 10_000_000 + 804_672) / 1_609_344
        member(name, decimal: Int64(scaled), scale: 4)
    }

    /// A member that is a speed: metres per hour as km/h, exactly; -255 where it is missing.
    mutating func member(_ name: String, kilometersPerHour metersPerHour: Int64?) {
        member(name, decimal: metersPerHour ?? -255_000, scale: 3)
    }

    /// A member that is an amount: millilitres as US gallons, to 1/10,000 gallon.
    mutating func member(_ name: String, gallonsOfMilliliters milliliters: Int64) {
        // A US gallon is 3,785.411784 ml.
        let scaled = (Double(milliliters) * 10_000 / 3_785.411_784).rounded()
        member(name, decimal: Int64(scaled), scale: 4)
    }

    /// A member that is a number as a client gave it; -255 where it is missing.
    mutating func member(_ name: String, reading value: Double?) {
        key(name)
        guard let value else { return integer(-255) }
        if value == value.rounded(), abs(value) < 1e15 {
            integer(Int64(value))
        } else {
            self.value(bytes: "\(value)".utf8)
        }
    }

    /// A member that is an instant; the first one of the year 1, as .NET and Go have it, where there
    /// is none.
    mutating func member(_ name: String, instant milliseconds: Int64?) {
        if let milliseconds {
            member(name, timeMilliseconds: milliseconds)
        } else {
            member(name, string: "0001-01-01T00:00:00Z")
        }
    }
}
