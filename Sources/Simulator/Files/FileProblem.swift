internal import Trips

/// What is wrong with a file or with one row of it: where, what, and what is allowed.
public struct FileProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where in a file something stands.
    public enum Place: Equatable, Sendable {
        /// The file as a whole.
        case whole
        /// A line, counted from 1; of a quoted field that runs over lines, the first.
        case line(Int)
        /// A JSON pointer (RFC 6901).
        case pointer(String)
    }

    /// What is wrong; a text is what stands in the file.
    public enum Cause: Equatable, Sendable {
        /// The file cannot be read from the disk.
        case unreadable(String)
        /// Neither CSV under a header, nor JSON, nor GPX.
        case unknownFormat
        /// The header lacks these columns.
        case columnsMissing([String])
        /// The text breaks the format's rules.
        case syntax(String)
        /// No row could be used.
        case nothingUsable
        /// No readable time, or none between 2000 and 2200.
        case time(String)
        /// No readable latitude within its range.
        case latitude(String)
        /// No readable longitude within its range.
        case longitude(String)
        /// A sequence that is no whole number from 0.
        case sequence(String)
        /// A trip id of other letters, too long or empty.
        case tripID(String)
        /// A user id with control characters, or too long.
        case userID(String)
        /// Fewer fields than the columns that are needed.
        case fieldsMissing(Int)
    }

    /// The file's name as it was given.
    public var file: String
    /// Where.
    public var place: Place
    /// What.
    public var cause: Cause

    /// A problem of a file.
    public init(file: String, place: Place = .whole, cause: Cause) {
        self.file = file
        self.place = place
        self.cause = cause
    }

    /// `file:line: what; allowed: …`
    public var description: String {
        let position =
            switch place {
            case .whole: file
            case .line(let line): "\(file):\(line)"
            case .pointer(let pointer): "\(file)#\(pointer)"
            }
        return "\(position): \(cause.words)"
    }
}

extension FileProblem.Cause {
    /// What is wrong and what would be right.
    public var words: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .unknownFormat: "is neither CSV under a header, nor JSON, nor GPX"
        case .columnsMissing(let names):
            "the header lacks \(names.joined(separator: ", ")); needed are timestamp or time, "
                + "latitude and longitude, or MyDriving's tripid, lat, lon and recordedtimestamp"
        case .syntax(let reason): reason
        case .nothingUsable: "no point in it can be used"
        case .time(let text): "time \(shown(text)); allowed: \(Timestamp.allowed), 2000 to 2200"
        case .latitude(let text): "latitude \(shown(text)); allowed: -90 to 90 degrees"
        case .longitude(let text): "longitude \(shown(text)); allowed: -180 to 180 degrees"
        case .sequence(let text): "sequence \(shown(text)); allowed: a whole number from 0"
        case .tripID(let text): "trip id \(shown(text)); allowed: \(TripID.allowed)"
        case .userID(let text): "user id \(shown(text)); allowed: \(UserID.allowed)"
        case .fieldsMissing(let count):
            "only \(count) fields; the header names more that are needed"
        }
    }

    private func shown(_ text: String) -> String {
        text.isEmpty ? "is missing" : "\"\(text.prefix(80))\""
    }
}
