/// Times of RFC 3339.
public enum Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z; finer fractions are cut off. Nil where the bytes
    /// are no time of RFC 3339.
    ///
    /// Any offset is good; `t`, `z` and a space for the `T` too, as RFC 3339 allows. A leap second
    /// (23:59:60 UTC) is the second after it, as POSIX counts.
    public static func milliseconds(
        _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
    ) -> Int64? {
        guard end - start >= 20, let date = Date(text, start),
            text[start + 10] | 0x20 == UInt8(ascii: "t") || text[start + 10] == 0x20,
            let hour = pair(text, start + 11), hour < 24, text[start + 13] == UInt8(ascii: ":"),
            let minute = pair(text, start + 14), minute < 60, text[start + 16] == UInt8(ascii: ":"),
            let second = pair(text, start + 17), second <= 60
        else { return nil }
        var at = start + 19
        var fraction: Int64 = 0
        if text[at] == UInt8(ascii: ".") {
            at += 1
            var unit: Int64 = 100
            let first = at
            while at < end, let digit = digit(text[at]) {
                fraction += digit * unit
                unit /= 10
                at += 1
            }
            guard at > first, at < end else { return nil }
        }
        guard let offset = offsetMinutes(text, at, end) else { return nil }
        let minutes = date.day * 1_440 + hour * 60 + minute - offset
        if second == 60, (minutes % 1_440 + 1_440) % 1_440 != 1_439 { return nil }
        return (minutes * 60 + second) * 1_000 + fraction
    }

    /// A date that exists.
    private struct Date {
        /// Days since 1970-01-01.
        let day: Int64

        init?(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) {
            guard let century = pair(text, at), let years = pair(text, at + 2),
                text[at + 4] == UInt8(ascii: "-"), let month = pair(text, at + 5),
                (1...12).contains(month), text[at + 7] == UInt8(ascii: "-"),
                let day = pair(text, at + 8), day >= 1,
                day <= 28 || day <= CivilDay.days(inMonth: month, of: century * 100 + years)
            else { return nil }
            self.day = CivilDay.number(year: century * 100 + years, month: month, day: day)
        }
    }

    /// Minutes east of Greenwich: `Z`, or `±hh:mm`, and nothing after.
    @inline(__always)
    private static func offsetMinutes(
        _ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int
    ) -> Int64? {
        if text[at] | 0x20 == UInt8(ascii: "z") { return at + 1 == end ? 0 : nil }
        guard at + 6 == end, text[at + 3] == UInt8(ascii: ":"), let hours = pair(text, at + 1),
            hours < 24, let minutes = pair(text, at + 4), minutes < 60
        else { return nil }
        switch text[at] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }

    @inline(__always)
    private static func pair(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int64? {
        guard let tens = digit(text[at]), let ones = digit(text[at + 1]) else { return nil }
        return tens * 10 + ones
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> Int64? {
        let value = byte &- UInt8(ascii: "0")
        return value <= 9 ? Int64(value) : nil
    }
}
