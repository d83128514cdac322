/// The name of a user's phone: 1…128 bytes of UTF-8 without control characters.
public struct DeviceID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes that a name may have.
    public static let limit = 128
    /// A phone that does not say which it is.
    public static let unnamed = DeviceID(known: "phone")
    /// The name itself.
    public let rawValue: String

    /// A name, or nil where it is empty, too long or has control characters.
    public init?(_ rawValue: String) {
        guard Text.isPrintable(rawValue, upTo: Self.limit), !rawValue.isEmpty else { return nil }
        self.rawValue = rawValue
    }

    /// A name from whatever a phone calls itself: control characters are left out, and what is
    /// too long is cut. A phone that is refused for its name would ask again for ever.
    public init(anyText: String) {
        var text = ""
        for character in anyText {
            guard Text.isPrintable(String(character), upTo: Self.limit) else { continue }
            guard text.utf8.count + character.utf8.count <= Self.limit else { break }
            text.append(character)
        }
        rawValue = text.isEmpty ? Self.unnamed.rawValue : text
    }

    private init(known: String) { rawValue = known }

    /// The name itself.
    public var description: String { rawValue }
}

/// A phone and whose it is: two phones of one user drive trips of their own.
public struct UserDevice: Hashable, Sendable {
    /// Whose it is.
    public let user: UserID
    /// Which of the user's phones.
    public let device: DeviceID

    /// The phone `device` of `user`.
    public init(user: UserID, device: DeviceID) {
        self.user = user
        self.device = device
    }

    /// The key of the phone's records: user, a NUL that neither name can hold, and device.
    public var key: String { "\(user)\u{0}\(device)" }

    /// Reads what ``key`` writes; nil for anything else.
    public init?(key: String) {
        let names = key.split(separator: "\u{0}", omittingEmptySubsequences: false)
        guard names.count == 2, let user = UserID(String(names[0])),
            let device = DeviceID(String(names[1]))
        else { return nil }
        self.init(user: user, device: device)
    }

    /// The id of the trip of which the position at this time was the first that was seen.
    ///
    /// It names nobody: links to a trip are shared. The phone is there as a hash of 64 bits
    /// (FNV-1a of its ``key``), so that two phones cannot come to one id by accident.
    public func trip(firstMilliseconds: Int64) -> TripID {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        let name = String(repeating: "0", count: 16 - digits.count) + digits
        guard let trip = TripID("phone-\(name)-\(firstMilliseconds)") else {
            preconditionFailure("hexadecimal and decimal digits are allowed in a trip's id")
        }
        return trip
    }
}
