internal import Trips
internal import Web

/// What a client says of a user; totals, rating and ranking are passed over: they are computed.
struct ProfileForm {
    var id: ProfileID?
    var firstName: String?
    var lastName: String?
    var user: UserID?
    var profilePictureURI: String?
    var fuelConsumption: Double?

    /// - Throws: 422 with a pointer to the first value that is not allowed.
    init(_ tree: JSONTree) throws(Problem) {
        let object = try BodyObject(tree)
        id = try object.user("id").map { ProfileID(of: $0) }
        firstName = try object.text("firstName", limit: UserChange.firstNameLimit)
        lastName = try object.text("lastName", limit: UserChange.lastNameLimit)
        user = try object.user("userId")
        profilePictureURI = try object.text("profilePictureUri", limit: UserChange.pictureLimit / 4)
        fuelConsumption = try object.double("fuelConsumption")
    }

    /// What the form says, as a change of a profile.
    var change: UserChange {
        var change = UserChange()
        change.user = user
        change.firstName = firstName
        change.lastName = lastName
        change.profilePictureURI = profilePictureURI
        change.fuelConsumption = fuelConsumption
        return change
    }
}
