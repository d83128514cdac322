internal import SQLite
public import Trips

/// A user's place among all who have a rating.
public struct RankedUser: Equatable, Sendable {
    /// As the user's trips name their owner.
    public var user: UserID
    /// From 1.
    public var place: Int64
    /// In tenths of a point, 0…1,000.
    public var ratingTenths: Int64
    /// Metres driven.
    public var distanceMeters: Int64
}

extension Projection {
    /// The best users: by rating, ties by distance, then by id.
    public func ranking(limit: Int) throws -> [RankedUser] {
        try read(.users) { connection in
            let rows = try connection.rows(
                """
                SELECT user, rating, distance_m FROM totals
                WHERE rating IS NOT NULL AND is_hidden = 0
                ORDER BY rating DESC, distance_m DESC, user LIMIT ?
                """, .integer(Int64(limit))
            ) { (user: UserID($0.string(0)), rating: $0.int64(1), distance: $0.int64(2)) }
            var ranking: [RankedUser] = []
            for (index, row) in rows.enumerated() {
                guard let user = row.user else { continue }
                ranking.append(
                    RankedUser(
                        user: user, place: Int64(index) + 1, ratingTenths: row.rating,
                        distanceMeters: row.distance))
            }
            return ranking
        }
    }

    /// Users who have a rating and a place.
    public func rankedUsers() throws -> Int64 {
        try read(.users) { try $0.integer("SELECT sum(users) FROM ratings") ?? 0 }
    }
}
