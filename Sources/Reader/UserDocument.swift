internal import Projection
internal import Topics
internal import Trips
internal import Web

/// What a user's trips come to, as JSON.
enum UserDocument {
    /// `{"user", "trips", "totalDistanceMeters", "totalDurationSeconds", "hardBrakes",
    /// "hardAccelerations", "hardCorners", "rating": 0…100 with one decimal or null, "version"}`.
    static func compose(user: UserID, _ totals: UserTotals, version: Version) -> JSONText {
        var json = JSONText()
        json.beginObject()
        json.member("user", string: user.rawValue)
        json.member("trips", integer: totals.trips)
        json.member("totalDistanceMeters", integer: totals.distanceMeters)
        json.member("totalDurationSeconds", decimal: totals.durationMilliseconds, scale: 3)
        json.member("hardBrakes", integer: totals.hardBrakes)
        json.member("hardAccelerations", integer: totals.hardAccelerations)
        json.member("hardCorners", integer: totals.hardCorners)
        json.member("rating", decimal: totals.ratingTenths, scale: 1)
        json.member("version", integer: Int64(version.number))
        json.endObject()
        return json
    }
}
