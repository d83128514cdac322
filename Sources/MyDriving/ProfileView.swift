internal import Projection
internal import Trips
internal import Web

/// A user as MyDriving's clients see one.
struct ProfileView {
    /// How the members are named.
    enum Names {
        /// As user-java has them: `firstName`.
        case small
        /// As `GET /api/user` has them: `FirstName`.
        case capital
    }

    var summary: UserSummary

    /// Appends the user to JSON that is open for a value. What is not known is left out.
    func write(to json: inout JSONText, _ names: Names) {
        func name(_ text: String) -> String {
            names == .small ? text : text.prefix(1).uppercased() + text.dropFirst()
        }
        let profile = summary.profile
        let totals = summary.totals
        json.beginObject()
        json.member(name("id"), string: profile.id.rawValue)
        for (member, text) in [
            ("firstName", profile.firstName), ("lastName", profile.lastName),
            ("userId", profile.user.rawValue), ("profilePictureUri", profile.profilePictureURI),
        ] {
            if let text { json.member(name(member), string: text) }
        }
        json.member(name("rating"), integer: totals.ratingTenths.map { ($0 + 5) / 10 } ?? -255)
        json.member(name("ranking"), integer: summary.place ?? 0)
        json.member(name("totalDistance"), milesOfMeters: totals.distanceMeters)
        json.member(name("totalTrips"), integer: totals.trips)
        json.member(name("totalTime"), integer: (totals.durationMilliseconds + 500) / 1_000)
        json.member(name("hardStops"), integer: totals.hardBrakes)
        json.member(name("hardAccelerations"), integer: totals.hardAccelerations)
        json.member(name("fuelConsumption"), reading: profile.fuelConsumption ?? 0)
        json.member(name("maxSpeed"), kilometersPerHour: totals.maxSpeedMetersPerHour)
        json.member(name("createdAt"), instant: profile.createdMilliseconds)
        json.member(name("updatedAt"), instant: profile.updatedMilliseconds)
        json.member(name("deleted"), boolean: false)
        json.endObject()
    }
}
