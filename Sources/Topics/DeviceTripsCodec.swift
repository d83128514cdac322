internal import SwiftProtobuf
internal import Trips

/// The wire form of what is known of a phone: `DeviceTrips` of `topics/device-trips.proto`.
enum DeviceTripsCodec {
    /// The bytes of a phone's drives, the same for the same drives.
    static func encode(_ trips: DeviceTrips) -> [UInt8] {
        var message = Tacho_V1_DeviceTrips()
        message.drives = trips.drives.map(message(of:))
        if trips.horizonMilliseconds != .min { message.horizonMs = trips.horizonMilliseconds }
        do {
            return try message.serializedBytes()
        } catch {
            preconditionFailure("a message without required fields encodes: \(error)")
        }
    }

    /// Reads the bytes of a phone's drives.
    ///
    /// - Throws: ``Undecodable`` where they are not as the schema says.
    static func decode(_ bytes: [UInt8]) throws(Undecodable) -> DeviceTrips {
        let message: Tacho_V1_DeviceTrips
        do {
            message = try Tacho_V1_DeviceTrips(serializedBytes: bytes)
        } catch {
            throw Undecodable("not a DeviceTrips: \(error)")
        }
        var drives: [Drive] = []
        for drive in message.drives { drives.append(try self.drive(of: drive)) }
        return DeviceTrips(
            drives: drives, horizonMilliseconds: message.hasHorizonMs ? message.horizonMs : .min)
    }

    private static func message(of drive: Drive) -> Tacho_V1_Drive {
        var message = Tacho_V1_Drive()
        let first = drive.firstMilliseconds
        message.firstMs = first
        message.start = drive.startMilliseconds - first
        message.end = drive.endMilliseconds - first
        message.points = UInt32(clamping: drive.points)
        message.anchor = drive.anchor.timeMilliseconds - first
        message.latitudeE7 = drive.anchor.latitudeE7
        message.longitudeE7 = drive.anchor.longitudeE7
        message.restEnd = drive.restEndMilliseconds - first
        message.ended = drive.isEnded
        message.phase =
            switch drive.phase {
            case .moving: .moving
            case .resting: .resting
            case .left: .left
            }
        if !drive.waiting.isEmpty {
            let bytes = UploadCodec.encodePoints(drive.waiting)
            do {
                message.waiting = try Tacho_V1_PointBatch(serializedBytes: bytes)
            } catch {
                preconditionFailure("points that were written can be read: \(error)")
            }
        }
        return message
    }

    private static func drive(of message: Tacho_V1_Drive) throws(Undecodable) -> Drive {
        let first = message.firstMs
        var drive = Drive(
            from: Point(
                timeMilliseconds: first, latitudeE7: message.latitudeE7,
                longitudeE7: message.longitudeE7))
        drive.startMilliseconds = first &+ message.start
        drive.endMilliseconds = first &+ message.end
        drive.points = Int(message.points)
        drive.anchor.timeMilliseconds = first &+ message.anchor
        drive.restEndMilliseconds = first &+ message.restEnd
        drive.isEnded = message.ended
        switch message.phase {
        case .moving: drive.phase = .moving
        case .resting: drive.phase = .resting
        case .left: drive.phase = .left
        case .UNRECOGNIZED(let number): throw Undecodable("phase \(number) is not known")
        }
        if message.hasWaiting { drive.waiting = try PointColumns.decode(message.waiting) }
        return drive
    }
}
