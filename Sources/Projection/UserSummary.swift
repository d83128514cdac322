internal import SQLite
public import Trips

/// A user with everything that others may ask for.
public struct UserSummary: Equatable, Sendable {
    /// Who the user is.
    public var profile: Profile
    /// What the user's trips come to; of a user without trips, nothing.
    public var totals: UserTotals
    /// The place among all users with a rating, from 1: by rating, then by distance, then by id; nil
    /// without a rating.
    public var place: Int64?
}

extension Projection {
    /// The user of a profile, or the one whose trips are known and who has written none; nil where
    /// there is no such user or the profile was deleted.
    public func user(of profile: ProfileID) throws -> UserSummary? {
        try read(.profile) { connection in
            let sql = """
                SELECT \(Profile.columns) FROM profiles WHERE id = ?1 AND deleted = 0
                UNION ALL
                SELECT \(unwrittenColumns) FROM totals WHERE user = ?1 AND \(isUnwritten)
                """
            return try connection.rows(sql, .text(profile.rawValue), row: Profile.init)
                .first?.map(connection.summary)
        }
    }

    /// The user whom trips name so, by the oldest profile of this user; nil where there are neither
    /// trips nor a profile, or the profile was deleted.
    public func user(_ user: UserID) throws -> UserSummary? {
        try read(.profile) { connection in
            let written =
                try connection.rows(
                    """
                    SELECT \(Profile.columns) FROM profiles WHERE user = ? AND deleted = 0
                    ORDER BY created, id LIMIT 1
                    """, .text(user.rawValue), row: Profile.init
                ).first ?? nil
            if let written { return try connection.summary(of: written) }
            let isKnown = try connection.integer(
                "SELECT is_hidden = 0 FROM totals WHERE user = ?", .text(user.rawValue))
            return isKnown == 1 ? try connection.summary(of: Profile(of: user)) : nil
        }
    }

    /// The next users by profile id: those with a profile, and those who have trips and have never
    /// written one.
    ///
    /// - Parameters:
    ///   - last: the last one of the page before.
    /// - Returns: at most `limit` users, and where to go on if there are more.
    public func users(
        after last: ProfileID?, limit: Int
    ) throws -> (users: [UserSummary], next: ProfileID?) {
        try read(.users) { connection in
            let sql = """
                SELECT \(Profile.columns) FROM profiles WHERE id > ?1 AND deleted = 0
                UNION ALL
                SELECT \(unwrittenColumns) FROM totals WHERE user > ?1 AND \(isUnwritten)
                ORDER BY 1 LIMIT ?2
                """
            var profiles = try connection.rows(
                sql, .text(last?.rawValue ?? ""), .integer(Int64(limit) + 1), row: Profile.init
            ).compactMap { $0 }
            let hasMore = profiles.count > limit
            profiles = Array(profiles.prefix(limit))
            return (
                try profiles.map(connection.summary), hasMore ? profiles.last?.id : nil
            )
        }
    }
}

/// The columns of `totals` that stand for ``Profile/columns`` where nothing is written.
private let unwrittenColumns =
    "user, user, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"

/// Whether a user of `totals` has no profile, not even a deleted one, and none has the user's id.
private let isUnwritten = """
    NOT EXISTS (SELECT 1 FROM profiles WHERE profiles.user = totals.user)
        AND NOT EXISTS (SELECT 1 FROM profiles WHERE profiles.id = totals.user)
    """

extension Connection {
    /// What there is to be told of a profile's user.
    fileprivate func summary(of profile: Profile) throws(SQLiteError) -> UserSummary {
        let totals = try totals(of: profile.user.rawValue)
        return UserSummary(
            profile: profile, totals: totals ?? UserTotals(),
            place: try place(of: profile.user.rawValue))
    }

    /// The user's place in the ranking; nil where the user has none.
    private func place(of user: String) throws(SQLiteError) -> Int64? {
        let found = try rows(
            """
            SELECT rating, distance_m FROM totals
            WHERE user = ? AND rating IS NOT NULL AND is_hidden = 0
            """, .text(user)
        ) { (rating: $0.int64(0), distance: $0.int64(1)) }.first
        guard let (rating, distance) = found else { return nil }
        let better = try integer(
            "SELECT sum(users) FROM ratings WHERE rating > ?", .integer(rating))
        let farther = try integer(
            """
            SELECT count(*) FROM totals INDEXED BY ranking
            WHERE rating = ? AND distance_m > ? AND rating IS NOT NULL AND is_hidden = 0
            """, .integer(rating), .integer(distance))
        let before = try integer(
            """
            SELECT count(*) FROM totals INDEXED BY ranking
            WHERE rating = ? AND distance_m = ? AND user < ? AND rating IS NOT NULL
                AND is_hidden = 0
            """, .integer(rating), .integer(distance), .text(user))
        return 1 + (better ?? 0) + (farther ?? 0) + (before ?? 0)
    }
}
