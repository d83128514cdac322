internal import Web

/// A moment as a page shows it: text in the viewer's zone, and the stamp by which a script may put
/// it into another.
struct Moment: Equatable {
    /// What of the moment is shown.
    enum Form: String {
        /// `1 Jan 2026, 08:05`.
        case full
        /// `08:05`.
        case minute
        /// `08:05:12`.
        case clock
        /// `1 Jan 2026`.
        case day
    }

    /// RFC 3339 in UTC.
    let stamp: String
    /// A word for the script.
    let form: String
    /// What is read.
    let text: String

    /// A moment in epoch milliseconds.
    init(_ milliseconds: Int64, _ form: Form, in zone: ClockZone) {
        var json = JSONText(capacity: 32)
        json.time(milliseconds: milliseconds)
        stamp = String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
        self.form = form.rawValue
        let local = milliseconds + zone.secondsAhead(at: milliseconds) * 1_000
        let days = Self.floorDivide(local, 86_400_000)
        let seconds = (local - days * 86_400_000) / 1_000
        let date = CivilDay.date(ofDay: days)
        let day = "\(date.day) \(Self.months[Int(date.month) - 1]) \(date.year)"
        let minutes = "\(Self.two(seconds / 3_600)):\(Self.two(seconds / 60 % 60))"
        text =
            switch form {
            case .full: "\(day), \(minutes)\(zone == .utc ? " UTC" : "")"
            case .minute: minutes
            case .clock: "\(minutes):\(Self.two(seconds % 60))"
            case .day: day
            }
    }

    /// Whether two moments are of one day there.
    static func areOfOneDay(_ a: Int64, _ b: Int64, in zone: ClockZone) -> Bool {
        func day(_ milliseconds: Int64) -> Int64 {
            floorDivide(milliseconds + zone.secondsAhead(at: milliseconds) * 1_000, 86_400_000)
        }
        return day(a) == day(b)
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : -((b - 1 - a) / b)
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
