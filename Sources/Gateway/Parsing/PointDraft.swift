internal import Trips

/// What a value was that a point cannot have.
enum PointFault: UInt8 {
    case none
    case missing
    case wrongType
    case notWhole
    case unreadable
    case outOfRange

    /// In words, with what is allowed.
    func reason(_ field: PointField) -> String {
        let what =
            switch self {
            case .none: "is good"
            case .missing: "is missing"
            case .wrongType: "is of another type"
            case .notWhole: "is no whole number"
            case .unreadable: "is no time"
            case .outOfRange: "is out of range"
            }
        return "\(field.name) \(what); allowed is \(field.allowed)"
    }
}

/// A point while its members are read, in any order; a member read again counts as it was last.
struct PointDraft {
    private(set) var point: Point
    private var faults: [13 of PointFault]
    private var hasFault = false

    /// No member was read yet.
    @inline(__always)
    init() {
        point = Point(timeMilliseconds: 0, latitudeE7: 0, longitudeE7: 0)
        faults = .init(repeating: .none)
        faults[PointField.time.number] = .missing
        faults[PointField.latitude.number] = .missing
        faults[PointField.longitude.number] = .missing
    }

    /// Takes back all that was said of a field.
    mutating func miss(_ field: PointField) {
        switch field.number {
        case 0: point.sequence = Point.unnumbered
        case 1...3: break
        default: setReading(field, Point.missing)
        }
        faults[field.number] = (1...3).contains(field.number) ? .missing : .none
    }

    /// Notes that a field's value cannot be used.
    mutating func reject(_ field: PointField, _ fault: PointFault) {
        miss(field)
        faults[field.number] = fault
        hasFault = true
    }

    /// A time that was read, or nil for one that cannot be.
    @inline(__always)
    mutating func setTime(_ milliseconds: Int64?, latest: Int64) {
        guard let milliseconds else { return reject(.time, .unreadable) }
        guard milliseconds >= PointLimits.earliestMilliseconds, milliseconds <= latest else {
            return reject(.time, .outOfRange)
        }
        point.timeMilliseconds = milliseconds
        faults[PointField.time.number] = .none
    }

    /// A number that was read.
    @inline(__always)
    mutating func set(
        _ field: PointField, _ number: JSONNumber, latest: Int64,
        in text: UnsafeBufferPointer<UInt8>
    ) {
        switch field.number {
        case 0: setSequence(number.scaled(by: .one, in: text))
        case 1:
            let whole = number.scaled(by: .one, in: text)
            if whole.isExact {
                setTime(whole.value, latest: latest)
            } else {
                reject(field, whole.isBeyond ? .outOfRange : .notWhole)
            }
        case 2:
            let value = number.scaled(by: .position, in: text).value
            guard PointLimits.latitude.contains(wide: value) else {
                return reject(field, .outOfRange)
            }
            point.latitudeE7 = Int32(truncatingIfNeeded: value)
            faults[field.number] = .none
        case 3:
            let value = number.scaled(by: .position, in: text).value
            guard PointLimits.longitude.contains(wide: value) else {
                return reject(field, .outOfRange)
            }
            point.longitudeE7 = Int32(truncatingIfNeeded: value)
            faults[field.number] = .none
        default: setReading(field, number, text)
        }
    }

    private mutating func setSequence(_ number: JSONNumber.Scaled) {
        guard number.isExact else {
            return reject(.sequence, number.isBeyond ? .outOfRange : .notWhole)
        }
        guard PointLimits.sequence.contains(number.value) else {
            return reject(.sequence, .outOfRange)
        }
        point.sequence = number.value
        faults[PointField.sequence.number] = .none
    }

    @inline(__always)
    private mutating func setReading(
        _ field: PointField, _ number: JSONNumber, _ text: UnsafeBufferPointer<UInt8>
    ) {
        let isSpeed = field.number == PointField.firstReading
        var value = number.scaled(by: isSpeed ? .speed : .hundredths, in: text).value
        // A full circle is north.
        if field.number == 5, value == 36_000 { value = 0 }
        guard Self.ranges[field.number - PointField.firstReading].contains(wide: value) else {
            return reject(field, .outOfRange)
        }
        setReading(field, Int32(truncatingIfNeeded: value))
        faults[field.number] = .none
    }

    @inline(__always)
    private mutating func setReading(_ field: PointField, _ value: Int32) {
        switch field.number {
        case 4: point.speedMetersPerHour = value
        case 5: point.headingCentidegrees = value
        case 6: point.altitudeCentimeters = value
        case 7: point.accuracyCentimeters = value
        case 8: point.engineCentiRpm = value
        case 9: point.throttleCentipercent = value
        case 10: point.engineLoadCentipercent = value
        case 11: point.massAirFlowCentigramsPerSecond = value
        case 12: point.fuelRateCentilitersPerHour = value
        default: preconditionFailure("field \(field.number) is no reading")
        }
    }

    private static let ranges = PointLimits.readings.map(\.range)

    /// Whether nothing is wrong with it.
    @inline(__always)
    var isGood: Bool {
        !hasFault && faults[PointField.time.number] == .none
            && faults[PointField.latitude.number] == .none
            && faults[PointField.longitude.number] == .none
    }

    /// Why the point cannot be taken, if it cannot.
    var rejection: (field: PointField, fault: PointFault)? {
        for field in [PointField.time, .latitude, .longitude, .sequence]
        where faults[field.number] != .none {
            return (field, faults[field.number])
        }
        return nil
    }

    /// The readings that were dropped.
    var drops: [(field: PointField, fault: PointFault)] {
        (PointField.firstReading..<PointField.count)
            .filter { faults[$0] != .none }
            .map { (PointField(number: $0), faults[$0]) }
    }
}

extension ClosedRange<Int32> {
    @inline(__always)
    fileprivate func contains(wide value: Int64) -> Bool {
        value >= Int64(lowerBound) && value <= Int64(upperBound)
    }
}
