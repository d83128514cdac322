/// A number of JSON text, kept as its decimal digits so that nothing is lost.
struct JSONNumber {
    /// Where it begins, at its first digit, and where its digits end.
    fileprivate var start = 0
    fileprivate var end = 0
    /// Whether a minus sign stands before it.
    private(set) var isNegative = false
    /// The digits as a number, right while they are at most ``shortDigits``.
    fileprivate var significand: UInt64 = 0
    /// All digits, and those behind the point.
    fileprivate var digits = 0
    fileprivate var fractionDigits = 0
    /// The exponent, cut to a range beyond which every body's numbers are 0 or out of range.
    fileprivate var exponent = 0

    /// Digits whose number times 36 still fits 64 bits.
    private static let shortDigits = 17

    /// The number times a ``ScaledUnit``, as a whole number.
    struct Scaled: Equatable {
        /// Rounded, half away from zero; `Int64.max` or `.min` where it is beyond 18 digits.
        var value: Int64
        /// Whether nothing was rounded away.
        var isExact: Bool
        /// Whether it is too large to be told.
        var isBeyond: Bool { value == Int64.max || value == Int64.min }
    }

    /// `factor` · 10^`zeros`.
    struct ScaledUnit {
        let factor: UInt64
        let zeros: Int
        static var one: ScaledUnit { ScaledUnit(factor: 1, zeros: 0) }
        /// 1e-7 degree.
        static var position: ScaledUnit { ScaledUnit(factor: 1, zeros: 7) }
        /// Metres per hour in a metre per second.
        static var speed: ScaledUnit { ScaledUnit(factor: 36, zeros: 2) }
        /// Metres per hour in a knot: the international nautical mile has 1,852 m.
        static var knots: ScaledUnit { ScaledUnit(factor: 1_852, zeros: 0) }
        static var thousandths: ScaledUnit { ScaledUnit(factor: 1, zeros: 3) }
        static var hundredths: ScaledUnit { ScaledUnit(factor: 1, zeros: 2) }
    }

    /// The number times `unit`, exactly, then rounded half away from zero.
    @inline(__always)
    func scaled(by unit: ScaledUnit, in text: UnsafeBufferPointer<UInt8>) -> Scaled {
        let isShort = digits <= (unit.factor > 36 ? Self.shortDigits - 2 : Self.shortDigits)
        guard isShort, exponent == 0 else { return long(by: unit, text) }
        let number = significand * unit.factor
        let places = unit.zeros - fractionDigits
        if places >= 0 {
            let (value, isTooLarge) = number.multipliedReportingOverflow(by: powersOfTen[places])
            guard !isTooLarge, value < 1_000_000_000_000_000_000 else { return beyond }
            return Scaled(value: signed(value), isExact: true)
        }
        let power = powersOfTen[-places]
        let (value, rest) = number.quotientAndRemainder(dividingBy: power)
        return Scaled(value: signed(rest >= power / 2 ? value + 1 : value), isExact: rest == 0)
    }

    /// The same for any digits: long multiplication, from the last digit to the first.
    @inline(never)
    private func long(by unit: ScaledUnit, _ text: UnsafeBufferPointer<UInt8>) -> Scaled {
        // The power of ten of the digit at hand.
        var place = exponent + unit.zeros - fractionDigits
        var carry: UInt64 = 0
        var value: UInt64 = 0
        var tenths: UInt64 = 0
        var isExact = true
        var isTooLarge = false
        func add(_ digit: UInt64) {
            if place >= 0 {
                if place < 18 { value += digit * powersOfTen[place] }
                if place >= 18, digit != 0 { isTooLarge = true }
            } else if digit != 0 {
                isExact = false
                if place == -1 { tenths = digit }
            }
            place += 1
        }
        for index in stride(from: end - 1, through: start, by: -1) {
            let byte = text[index]
            if byte == UInt8(ascii: ".") { continue }
            carry += UInt64(byte - UInt8(ascii: "0")) * unit.factor
            add(carry % 10)
            carry /= 10
        }
        while carry > 0 {
            add(carry % 10)
            carry /= 10
        }
        if isTooLarge { return beyond }
        return Scaled(value: signed(tenths >= 5 ? value + 1 : value), isExact: isExact)
    }

    private func signed(_ magnitude: UInt64) -> Int64 {
        isNegative ? -Int64(magnitude) : Int64(magnitude)
    }

    private var beyond: Scaled {
        Scaled(value: isNegative ? Int64.min : Int64.max, isExact: false)
    }
}

/// 10^0 … 10^18.
private let powersOfTen: [19 of UInt64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
    1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    1_000_000_000_000_000_000,
]

extension JSONCursor {
    /// Exponents beyond this make every number of a body 0 or out of range.
    private static let exponentLimit = 1_000_000_000

    /// Passes a number.
    @inline(__always)
    mutating func number() throws(JSONFault) -> JSONNumber {
        var number = JSONNumber()
        if passes(UInt8(ascii: "-")) { number.setNegative() }
        number.start = at
        let isZero = next == UInt8(ascii: "0")
        try passDigits(of: &number)
        if isZero, number.digits > 1 {
            at = number.start + 1
            throw fault(.number)
        }
        if next == UInt8(ascii: ".") {
            at += 1
            let whole = number.digits
            try passDigits(of: &number)
            number.fractionDigits = number.digits - whole
        }
        number.end = at
        if next | 0x20 == UInt8(ascii: "e") { number.exponent = try exponent() }
        return number
    }

    /// Passes one digit or more.
    @inline(__always)
    private mutating func passDigits(of number: inout JSONNumber) throws(JSONFault) {
        let start = at
        while at < bytes.count {
            let digit = bytes[at] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            number.significand = number.significand &* 10 &+ UInt64(digit)
            at += 1
        }
        guard at > start else { throw fault(.number) }
        number.digits += at - start
    }

    private mutating func exponent() throws(JSONFault) -> Int {
        at += 1
        let isNegative = next == UInt8(ascii: "-")
        if isNegative || next == UInt8(ascii: "+") { at += 1 }
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) else { throw fault(.number) }
        var value = 0
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
            value = min(value * 10 + Int(next - UInt8(ascii: "0")), Self.exponentLimit)
            at += 1
        }
        return isNegative ? -value : value
    }
}

extension JSONNumber {
    fileprivate mutating func setNegative() { isNegative = true }
}
