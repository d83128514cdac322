internal import SwiftProtobuf
public import Trips

/// The wire form of changes of profiles: `UserChange` of `topics/users.proto`.
public enum UserCodec {
    /// The bytes of a change.
    ///
    /// - Precondition: its values are in range.
    public static func encode(_ change: UserChange) -> [UInt8] {
        var message = Tacho_V1_UserChange()
        if let user = change.user { message.user = user.rawValue }
        if let name = change.firstName { message.firstName = name }
        if let name = change.lastName { message.lastName = name }
        if let picture = change.profilePictureURI { message.profilePictureUri = picture }
        if let consumption = change.fuelConsumption { message.fuelConsumption = consumption }
        switch change.home {
        case .circle(let circle):
            var home = Tacho_V1_HomeCircle()
            home.latitudeE7 = circle.latitudeE7
            home.longitudeE7 = circle.longitudeE7
            home.radiusM = UInt32(circle.radiusMeters)
            message.home = home
        case .cleared: message.clearedHome = Tacho_V1_ClearedHome()
        case nil: break
        }
        message.deleted = change.isDeleted
        do {
            return try message.serializedBytes()
        } catch {
            preconditionFailure("a message without required fields encodes: \(error)")
        }
    }

    /// Reads the bytes of a change.
    ///
    /// - Throws: ``Undecodable`` where any of it is not as the schema and ``UserChange`` say.
    public static func decode(_ bytes: [UInt8]) throws(Undecodable) -> UserChange {
        let message: Tacho_V1_UserChange
        do {
            message = try Tacho_V1_UserChange(serializedBytes: bytes)
        } catch {
            throw Undecodable("not a UserChange: \(error)")
        }
        var change = UserChange()
        if message.hasUser {
            guard let user = UserID(message.user) else {
                throw Undecodable("user: allowed are \(UserID.allowed)")
            }
            change.user = user
        }
        if message.hasFirstName { change.firstName = message.firstName }
        if message.hasLastName { change.lastName = message.lastName }
        if message.hasProfilePictureUri { change.profilePictureURI = message.profilePictureUri }
        if message.hasFuelConsumption { change.fuelConsumption = message.fuelConsumption }
        switch message.homeCircle {
        case .home(let home):
            change.home = .circle(
                HomeCircle(
                    latitudeE7: home.latitudeE7, longitudeE7: home.longitudeE7,
                    radiusMeters: Int(home.radiusM)))
        case .clearedHome: change.home = .cleared
        case nil: break
        }
        change.isDeleted = message.deleted
        if let name = change.violation { throw Undecodable("\(name) is out of range") }
        return change
    }
}
