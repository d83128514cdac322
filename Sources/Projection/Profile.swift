internal import SQLite
public import Trips

/// A user's profile, with what the log's times say of it.
public struct Profile: Equatable, Sendable {
    /// Its id; that of a user who has written none is made from the user's.
    public var id: ProfileID
    /// As the user's trips name their owner.
    public var user: UserID
    /// Whether the user has written one; where not, only trips are known.
    public var isWritten: Bool
    /// What the user says.
    public var firstName: String?
    /// What the user says.
    public var lastName: String?
    /// What the user says.
    public var profilePictureURI: String?
    /// What the user says.
    public var fuelConsumption: Double?
    /// The circle around home that others do not see.
    public var home: HomeCircle?
    /// When the log took its first change, in epoch milliseconds; nil where there is none.
    public var createdMilliseconds: Int64?
    /// When the log took its last change, in epoch milliseconds; nil where there is none.
    public var updatedMilliseconds: Int64?

    /// Of a user who has written nothing.
    public init(of user: UserID) {
        id = ProfileID(of: user)
        self.user = user
        isWritten = false
    }

    /// The row of a query for ``columns``; nil where it holds what no writer writes.
    init?(_ row: Statement) {
        guard let id = ProfileID(row.string(0)), let user = UserID(row.string(1)) else {
            return nil
        }
        func text(_ column: Int32) -> String? { row.isNull(column) ? nil : row.string(column) }
        self.id = id
        self.user = user
        isWritten = !row.isNull(2)
        guard isWritten else { return }
        createdMilliseconds = row.int64(2)
        updatedMilliseconds = row.int64(3)
        firstName = text(4)
        lastName = text(5)
        profilePictureURI = text(6)
        fuelConsumption = row.isNull(7) ? nil : row.double(7)
        guard !row.isNull(8) else { return }
        home = HomeCircle(
            latitudeE7: Int32(row.int64(8)), longitudeE7: Int32(row.int64(9)),
            radiusMeters: Int(row.int64(10)))
    }

    static let columns = """
        id, user, created, updated, first_name, last_name, picture, fuel_consumption, \
        home_latitude, home_longitude, home_radius
        """

    /// Takes a change that the log took at a time.
    mutating func take(_ change: UserChange, at milliseconds: Int64) {
        isWritten = true
        createdMilliseconds = createdMilliseconds ?? milliseconds
        updatedMilliseconds = milliseconds
        user = change.user ?? user
        firstName = change.firstName ?? firstName
        lastName = change.lastName ?? lastName
        profilePictureURI = change.profilePictureURI ?? profilePictureURI
        fuelConsumption = change.fuelConsumption ?? fuelConsumption
        switch change.home {
        case .circle(let circle): home = circle
        case .cleared: home = nil
        case nil: break
        }
    }
}

extension Connection {
    /// Takes in a change of a profile, within a transaction of the caller.
    func apply(
        _ change: ProjectionBatch.ProfileChange, noting ledger: inout UserLedger
    ) throws(SQLiteError) {
        let known =
            try rows(
                "SELECT \(Profile.columns) FROM profiles WHERE id = ? AND deleted = 0",
                .text(change.profile.rawValue), row: Profile.init
            ).first ?? nil
        // Also of one that is gone: its user may be shown again.
        for user in try rows(
            "SELECT user FROM profiles WHERE id = ?", .text(change.profile.rawValue),
            row: { $0.string(0) })
        { ledger.shows(user) }
        var profile = Profile(of: known?.user ?? change.profile.user)
        profile.id = change.profile
        if let known, !change.change.isDeleted { profile = known }
        profile.take(change.change, at: change.milliseconds)
        ledger.shows(profile.user.rawValue)
        try put(profile, isDeleted: change.change.isDeleted)
    }

    private func put(_ profile: Profile, isDeleted: Bool) throws(SQLiteError) {
        try run(
            """
            INSERT OR REPLACE INTO profiles (
                id, user, deleted, created, updated, first_name, last_name, picture,
                fuel_consumption, home_latitude, home_longitude, home_radius)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """, .text(profile.id.rawValue), .text(profile.user.rawValue),
            .integer(isDeleted ? 1 : 0), Value(profile.createdMilliseconds),
            Value(profile.updatedMilliseconds), Value(profile.firstName), Value(profile.lastName),
            Value(profile.profilePictureURI), profile.fuelConsumption.map(Value.real) ?? .null,
            Value(profile.home.map { Int64($0.latitudeE7) }),
            Value(profile.home.map { Int64($0.longitudeE7) }),
            Value(profile.home.map { Int64($0.radiusMeters) }))
    }
}
