/// A number as JSON text has it: its decimal digits, so that nothing is lost.
public struct JSONDecimal: Equatable, Sendable {
    /// The number as it was written.
    public let text: String
    private let isNegative: Bool
    /// Without zeros in front; empty for zero.
    private let digits: [UInt8]
    /// The number is ``digits`` · 10^`exponent`.
    private let exponent: Int

    /// Exponents beyond this make every number 0 or too large.
    private static let exponentLimit = 1_000_000

    /// Reads a number that is known to be written as RFC 8259 says.
    init(valid text: String) {
        self.text = text
        var digits: [UInt8] = []
        var exponent = 0
        var rest = Array(text.utf8)[...]
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        var isFraction = false
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else if byte | 0x20 == UInt8(ascii: "e") {
                exponent += Self.exponent(rest)
                break
            } else {
                if !digits.isEmpty || byte != UInt8(ascii: "0") {
                    digits.append(byte - UInt8(ascii: "0"))
                }
                if isFraction { exponent -= 1 }
            }
        }
        self.digits = digits
        self.exponent = exponent
    }

    private static func exponent(_ text: ArraySlice<UInt8>) -> Int {
        var value = 0
        for byte in text where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), exponentLimit)
        }
        return text.first == UInt8(ascii: "-") ? -value : value
    }

    /// The number times 10^`places`, rounded half away from zero; nil where that has more than 18
    /// digits.
    public func scaled(places: Int) -> Int64? {
        let shift = exponent + places
        if digits.isEmpty { return 0 }
        guard digits.count + shift <= 18 else { return nil }
        var value: Int64 = 0
        for index in 0..<max(0, digits.count + shift) {
            value = value * 10 + (index < digits.count ? Int64(digits[index]) : 0)
        }
        if shift < 0, digits.count + shift >= 0, digits[digits.count + shift] >= 5 { value += 1 }
        return isNegative ? -value : value
    }

    /// The number where it is whole and has at most 18 digits.
    public var whole: Int64? {
        let fraction = digits.suffix(max(0, -exponent))
        guard fraction.allSatisfy({ $0 == 0 }) else { return nil }
        return scaled(places: 0)
    }

    /// The nearest double; nil where it is too large for one.
    public var double: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}
