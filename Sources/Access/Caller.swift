public import Trips

/// Who asks: what a verified token says.
public struct Caller: Hashable, Sendable {
    /// The user.
    public var user: UserID
    /// What they may be.
    public var role: Role

    /// A caller of a role.
    public init(user: UserID, role: Role) {
        self.user = user
        self.role = role
    }
}
