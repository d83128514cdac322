/// What one record of `trip-uploads` says of a trip.
public struct Upload: Equatable, Sendable {
    /// What happened.
    public enum Content: Equatable, Sendable {
        /// The trip was begun, or named anew; no points yet.
        case start
        /// Readings, in any order.
        case points([Point])
        /// The trip is over.
        case end
        /// The trip is to be gone.
        case deletion
        /// Something is changed of what is known of the trip.
        case amendment(Amendment)
        /// The reading of this identity is this point from now on; where the point's own identity is
        /// another, that one is the point and the one named is removed.
        case correction(PointKey, Point)
        /// The reading of this identity is gone.
        case removal(PointKey)
        /// A point of interest that a client has found.
        case report(ReportedPoint)
    }

    /// Who wrote it; nil only for an end that does not say so, which counts as the owner's.
    public var user: UserID?
    /// The trip's name from now on, where given; at most ``Upload/nameLimit`` bytes.
    public var name: String?
    /// The vehicle's identification number from now on, where given; at most 64 bytes.
    public var vin: String?
    /// What happened.
    public var content: Content
    /// What is said beside that, and changes nothing in the score.
    public var said: Said?

    /// Bytes of UTF-8 that a trip's name may have.
    public static let nameLimit = 256
    /// Bytes of UTF-8 that a vehicle identification number may have.
    public static let vinLimit = 64

    /// An upload by `user`.
    ///
    /// - Precondition: only an end may come from nobody.
    public init(
        user: UserID?, name: String? = nil, vin: String? = nil, content: Content,
        said: Said? = nil
    ) {
        precondition(user != nil || content == .end, "only an end may come from nobody")
        self.user = user
        self.name = name
        self.vin = vin
        self.content = content
        self.said = said
    }
}
