/// What one record of `users` changes of a profile: what is nil stays as it is.
public struct UserChange: Equatable, Sendable {
    /// What becomes of the home circle.
    public enum Home: Equatable, Sendable {
        /// It is this one from now on.
        case circle(HomeCircle)
        /// There is none from now on.
        case cleared
    }

    /// Characters that a first name may have.
    public static let firstNameLimit = 50
    /// Characters that a last name may have.
    public static let lastNameLimit = 80
    /// Bytes of UTF-8 that the picture's address may have.
    public static let pictureLimit = 2_048

    /// As the user's trips name their owner; a profile begins with its id.
    public var user: UserID?
    /// At most ``firstNameLimit`` characters, without control characters.
    public var firstName: String?
    /// At most ``lastNameLimit`` characters, without control characters.
    public var lastName: String?
    /// At most ``pictureLimit`` bytes, without control characters.
    public var profilePictureURI: String?
    /// As the client says it; finite.
    public var fuelConsumption: Double?
    /// The circle around the user's home.
    public var home: Home?
    /// The profile is gone; a later change begins a new one.
    public var isDeleted = false

    /// A change of nothing.
    public init() {}

    /// The name of the first value that no sender may send, or nil where all are good.
    public var violation: String? {
        func isBad(_ text: String?, characters: Int) -> Bool {
            guard let text else { return false }
            return text.count > characters || !Text.isPrintable(text, upTo: characters * 32)
        }
        if isBad(firstName, characters: Self.firstNameLimit) { return "firstName" }
        if isBad(lastName, characters: Self.lastNameLimit) { return "lastName" }
        if let profilePictureURI, !Text.isPrintable(profilePictureURI, upTo: Self.pictureLimit) {
            return "profilePictureUri"
        }
        if let fuelConsumption, !fuelConsumption.isFinite { return "fuelConsumption" }
        if case .circle(let circle) = home, !circle.isInRange { return "home" }
        return nil
    }
}
