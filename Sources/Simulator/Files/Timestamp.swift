/// Times in files and answers, as milliseconds since 1970-01-01T00:00:00Z.
enum Timestamp {
    /// What a time may look like, in words for an error.
    static let allowed =
        "RFC 3339 with an offset, such as 2026-03-02T07:00:00.250Z, or milliseconds since 1970"

    /// A time in RFC 3339, any offset, digits beyond milliseconds cut off; or whole milliseconds.
    ///
    /// - Parameter needsOffset: Whether a time without an offset is refused; otherwise it is UTC.
    static func milliseconds(_ text: ArraySlice<UInt8>, needsOffset: Bool) -> Int64? {
        if let number = DecimalText.whole(text), text.first != UInt8(ascii: "+") {
            return text.count > 4 ? number : nil
        }
        var cursor = Cursor(text: text, index: text.startIndex)
        guard let year = cursor.number(4), cursor.take("-"),
            let month = cursor.number(2), cursor.take("-"),
            let day = cursor.number(2), cursor.take("T") || cursor.take("t") || cursor.take(" "),
            let hour = cursor.number(2), cursor.take(":"),
            let minute = cursor.number(2), cursor.take(":"), let second = cursor.number(2),
            (1...12).contains(month), (1...days(in: month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        guard let fraction = cursor.fraction(), let offset = cursor.offset(needsOffset),
            cursor.isAtEnd
        else { return nil }
        let minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset
        return (minutes * 60 + second) * 1000 + fraction
    }

    /// RFC 3339 in UTC with milliseconds.
    static func text(_ milliseconds: Int64) -> String {
        let second = Int64(milliseconds.floored(by: 1000))
        let day = second.floored(by: 86_400)
        let (year, month, dayOfMonth) = date(day)
        let ofDay = second - day * 86_400
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let fraction = String(1000 + milliseconds - second * 1000).dropFirst()
        let years = String(10_000 + year).dropFirst()
        return "\(years)-\(two(month))-\(two(dayOfMonth))T\(two(ofDay / 3600)):"
            + "\(two(ofDay / 60 % 60)):\(two(ofDay % 60)).\(fraction)Z"
    }

    private struct Cursor {
        let text: ArraySlice<UInt8>
        var index: Int

        var isAtEnd: Bool { index == text.endIndex }

        mutating func take(_ wanted: Unicode.Scalar) -> Bool {
            guard !isAtEnd, text[index] == UInt8(ascii: wanted) else { return false }
            index += 1
            return true
        }

        mutating func number(_ digits: Int) -> Int64? {
            guard text.endIndex - index >= digits else { return nil }
            var value: Int64 = 0
            for _ in 0..<digits {
                guard let digit = DecimalText.digit(text[index]) else { return nil }
                value = value * 10 + digit
                index += 1
            }
            return value
        }

        /// Milliseconds of a fraction, 0 where there is none, nil where a point stands alone.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            var value: Int64 = 0
            var digits = 0
            while !isAtEnd, let digit = DecimalText.digit(text[index]) {
                if digits < 3 { value = value * 10 + digit }
                digits += 1
                index += 1
            }
            guard digits > 0 else { return nil }
            for _ in min(digits, 3)..<3 { value *= 10 }
            return value
        }

        /// Minutes that the clock was ahead of UTC.
        mutating func offset(_ isNeeded: Bool) -> Int64? {
            if take("Z") || take("z") { return 0 }
            if isAtEnd { return isNeeded ? nil : 0 }
            let isBehind = take("-")
            guard isBehind || take("+"), let hours = number(2), take(":"),
                let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            return (hours * 60 + minutes) * (isBehind ? -1 : 1)
        }
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01, counting years from March so that the leap day comes last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = y.floored(by: 400)
        let ofEra = y - era * 400
        let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private static func date(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.floored(by: 146_097)
        let ofEra = shifted - era * 146_097
        let y = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * y + y / 4 - y / 100)
        let m = (5 * ofYear + 2) / 153
        let month = m < 10 ? m + 3 : m - 9
        return (y + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * m + 2) / 5 + 1)
    }
}

extension Int64 {
    /// The quotient rounded down, also below zero.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
