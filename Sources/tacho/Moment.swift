import Foundation

/// Times as people write and read them.
enum Moment {
    /// A time in epoch milliseconds as RFC 3339.
    static func text(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Reads RFC 3339, epoch milliseconds, or how long ago: `90s`, `15m`, `2h`, `7d`; nil for
    /// anything else.
    static func milliseconds(_ text: String, now: Int64) -> Int64? {
        if let milliseconds = Int64(text) { return milliseconds >= 0 ? milliseconds : nil }
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()) {
            let (ago, isTooLong) = count.multipliedReportingOverflow(by: unit)
            return count >= 0 && !isTooLong ? now - ago : nil
        }
        for hasFraction in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
            if let date = try? style.parse(text) {
                return Int64((date.timeIntervalSince1970 * 1_000).rounded())
            }
        }
        return nil
    }

    /// A span in the unit that reads best, such as `12 s` or `3 h`.
    static func age(seconds: Double) -> String {
        switch seconds {
        case ..<120: "\(Int(seconds)) s"
        case ..<7_200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3_600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }
}
