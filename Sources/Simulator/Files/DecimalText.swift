/// Numbers as they stand in files, read to the last digit without passing through binary fractions.
enum DecimalText {
    /// `value × unit`, rounded half away from zero, of a decimal number: sign, digits, fraction,
    /// exponent. Nil for anything else, and where the result does not fit.
    ///
    /// Digits beyond the eighteenth significant one are not looked at.
    static func scaled(_ text: ArraySlice<UInt8>, by unit: Int64) -> Int64? {
        var index = text.startIndex
        let end = text.endIndex
        var isNegative = false
        if index < end, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        var mantissa: Int64 = 0
        var exponent = 0
        var digits = 0
        var hasPoint = false
        while index < end {
            let byte = text[index]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if let digit = digit(byte) {
                digits += 1
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = mantissa * 10 + digit
                    if hasPoint { exponent -= 1 }
                } else if !hasPoint {
                    exponent += 1
                }
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if index < end {
            guard text[index] | 0x20 == UInt8(ascii: "e"),
                let written = whole(text[(index + 1)...]), abs(written) < 10_000
            else { return nil }
            exponent += Int(written)
        }
        return rounded(isNegative ? -mantissa : mantissa, exponent, unit)
    }

    /// A whole number with an optional sign; nil for anything else.
    static func whole(_ text: ArraySlice<UInt8>) -> Int64? {
        var digits = text
        var isNegative = false
        if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits = text.dropFirst()
        }
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard let digit = digit(byte) else { return nil }
            value = value * 10 + digit
        }
        return isNegative ? -value : value
    }

    /// A number of `1 / 10^places` units as a decimal with so many places.
    static func append(_ value: Int64, places: Int, to text: inout [UInt8]) {
        var magnitude = value.magnitude
        var digits: [UInt8] = []
        while magnitude > 0 || digits.count <= places {
            if digits.count == places, places > 0 { digits.append(UInt8(ascii: ".")) }
            if digits.count > places, magnitude == 0, digits.last != UInt8(ascii: ".") { break }
            digits.append(UInt8(ascii: "0") + UInt8(magnitude % 10))
            magnitude /= 10
        }
        if value < 0 { text.append(UInt8(ascii: "-")) }
        text.append(contentsOf: digits.reversed())
    }

    /// The value of a digit, or nil.
    static func digit(_ byte: UInt8) -> Int64? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? Int64(value) : nil
    }

    private static func rounded(_ mantissa: Int64, _ exponent: Int, _ unit: Int64) -> Int64? {
        if mantissa == 0 { return 0 }
        var value = Int128(mantissa) * Int128(unit)
        if exponent >= 0 {
            for _ in 0..<exponent {
                value *= 10
                if value.magnitude > Int64.max.magnitude { return nil }
            }
            return Int64(exactly: value)
        }
        var divisor: Int128 = 1
        for _ in 0..<(-exponent) {
            divisor *= 10
            if divisor > 2 * Int128(value.magnitude) { return 0 }
        }
        let quotient = (Int128(value.magnitude) + divisor / 2) / divisor
        return Int64(exactly: value < 0 ? -quotient : quotient)
    }
}
