/// The name of a trip: 1…128 characters of `A-Z a-z 0-9 . _ ~ : -`, chosen by the phone.
public struct TripID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// What an id may be, in words for an error.
    public static let allowed = "1 to 128 characters of A-Z a-z 0-9 . _ ~ : -"
    /// The id itself.
    public let rawValue: String

    /// A trip id, or nil where it is not ``allowed``.
    public init?(_ rawValue: String) {
        guard Text.isUnreserved(rawValue, lengths: 1...128) else { return nil }
        self.rawValue = rawValue
    }

    /// The id itself.
    public var description: String { rawValue }

    /// By the ids' letters.
    public static func < (a: TripID, b: TripID) -> Bool { a.rawValue < b.rawValue }
}

/// The name of a reported point of interest in its trip: 1…128 characters of
/// `A-Z a-z 0-9 . _ ~ : -`.
public struct ReportID: Hashable, Sendable, CustomStringConvertible {
    /// What an id may be, in words for an error.
    public static let allowed = TripID.allowed
    /// The id itself.
    public let rawValue: String

    /// An id, or nil where it is not ``allowed``.
    public init?(_ rawValue: String) {
        guard Text.isUnreserved(rawValue, lengths: 1...128) else { return nil }
        self.rawValue = rawValue
    }

    /// The id itself.
    public var description: String { rawValue }
}

/// The name of a user: 1…256 bytes of UTF-8 without control characters.
public struct UserID: Hashable, Sendable, CustomStringConvertible {
    /// What an id may be, in words for an error.
    public static let allowed = "1 to 256 bytes of UTF-8 without control characters"
    /// Whoever wrote without saying who they are.
    public static let anonymous = UserID(known: "anonymous")
    /// The id itself.
    public let rawValue: String

    /// A user id, or nil where it is not ``allowed``.
    public init?(_ rawValue: String) {
        guard Text.isPrintable(rawValue, upTo: 256), !rawValue.isEmpty else { return nil }
        self.rawValue = rawValue
    }

    private init(known: String) { rawValue = known }

    /// The id itself.
    public var description: String { rawValue }
}

/// The name of a user's profile: 1…256 bytes of UTF-8 without control characters.
public struct ProfileID: Hashable, Sendable, CustomStringConvertible {
    /// What an id may be, in words for an error.
    public static let allowed = UserID.allowed
    /// The id itself.
    public let rawValue: String

    /// A profile id, or nil where it is not ``allowed``.
    public init?(_ rawValue: String) {
        guard let user = UserID(rawValue) else { return nil }
        self.init(of: user)
    }

    /// The profile that a user has who has written none.
    public init(of user: UserID) { rawValue = user.rawValue }

    /// The user whom the profile is of, unless it says otherwise.
    public var user: UserID {
        guard let user = UserID(rawValue) else { preconditionFailure("checked when it was made") }
        return user
    }

    /// The id itself.
    public var description: String { rawValue }
}

/// Checks of text that people choose.
public enum Text {
    /// Whether the text has so many characters, all of `A-Z a-z 0-9 . _ ~ : -`.
    static func isUnreserved(_ text: String, lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Whether the text has at most so many bytes of UTF-8 and no control character.
    public static func isPrintable(_ text: String, upTo bytes: Int) -> Bool {
        text.utf8.count <= bytes
            && text.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)
            }
    }
}
