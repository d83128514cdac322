internal import SwiftProtobuf
public import Trips

/// The wire form of uploads: `TripUpload` of `topics/trip-uploads.proto`.
public enum UploadCodec {
    /// The bytes of an upload, the same for the same upload.
    ///
    /// - Precondition: points are in range and 1 to 10,000, as the gateway makes sure.
    public static func encode(_ upload: Upload) -> [UInt8] {
        if case .points(let points) = upload.content { return encode(points, of: upload) }
        var message = Tacho_V1_TripUpload()
        message.user = upload.user?.rawValue ?? ""
        if let name = upload.name { message.name = name }
        if let vin = upload.vin { message.vin = vin }
        switch upload.content {
        case .start: message.start = Tacho_V1_TripStart()
        case .points: preconditionFailure("points are encoded apart")
        case .end: message.end = Tacho_V1_TripEnd()
        case .deletion: message.deletion = Tacho_V1_TripDeletion()
        case .amendment, .correction, .removal, .report:
            message.content = UploadEdits.message(upload.content)
        }
        if let said = upload.said { SaidColumns.write(said, into: &message) }
        return bytes(of: message)
    }

    private static func bytes(of message: Tacho_V1_TripUpload) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            preconditionFailure("a message without required fields encodes: \(error)")
        }
    }

    private static func encode(_ points: [Point], of upload: Upload) -> [UInt8] {
        let room = PointWriter.room(points: points.count)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { scratch in
            let batch = UnsafeBufferPointer(
                rebasing: scratch[..<PointWriter.write(points, to: scratch)])
            var bytes: [UInt8] = []
            bytes.reserveCapacity(batch.count + Upload.nameLimit)
            if let user = upload.user { PointWriter.append(0x0a, user.rawValue.utf8, to: &bytes) }
            if let name = upload.name { PointWriter.append(0x12, name.utf8, to: &bytes) }
            if let vin = upload.vin { PointWriter.append(0x1a, vin.utf8, to: &bytes) }
            PointWriter.append(0x2a, batch, to: &bytes)
            guard let said = upload.said else { return bytes }
            // Fields with higher numbers follow; messages that are joined are one message.
            var rest = Tacho_V1_TripUpload()
            SaidColumns.write(said, into: &rest)
            return bytes + self.bytes(of: rest)
        }
    }

    /// The bytes of a `PointBatch` alone.
    ///
    /// - Precondition: as ``encode(_:)``.
    static func encodePoints(_ points: [Point]) -> [UInt8] {
        let room = PointWriter.room(points: points.count)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { scratch in
            Array(scratch[..<PointWriter.write(points, to: scratch)])
        }
    }

    /// Reads the bytes of an upload.
    ///
    /// - Throws: ``Undecodable`` where any of it is not as the schema and ``PointLimits`` say.
    public static func decode(_ bytes: [UInt8]) throws(Undecodable) -> Upload {
        if let upload = bytes.withUnsafeBufferPointer({ UploadReader.read($0) }) { return upload }
        return try decodeAnyForm(bytes)
    }

    /// Reads an upload by the generated code.
    static func decodeAnyForm(_ bytes: [UInt8]) throws(Undecodable) -> Upload {
        let message: Tacho_V1_TripUpload
        do {
            message = try Tacho_V1_TripUpload(serializedBytes: bytes)
        } catch {
            throw Undecodable("not a TripUpload: \(error)")
        }
        let content = try content(of: message)
        let user = UserID(message.user)
        guard user != nil || (message.user.isEmpty && content == .end) else {
            throw Undecodable("user: allowed are \(UserID.allowed)")
        }
        if message.hasName, !Text.isPrintable(message.name, upTo: Upload.nameLimit) {
            throw Undecodable("name: more than \(Upload.nameLimit) bytes, or control characters")
        }
        if message.hasVin, !Text.isPrintable(message.vin, upTo: Upload.vinLimit) {
            throw Undecodable("vin: more than \(Upload.vinLimit) bytes, or control characters")
        }
        return Upload(
            user: user,
            name: message.hasName ? message.name : nil,
            vin: message.hasVin ? message.vin : nil,
            content: content,
            said: try SaidColumns.said(in: message, beside: content))
    }

    /// Reads the points of a `PointBatch` alone: the body of a protobuf upload.
    ///
    /// Their values are not checked against ``PointLimits``; that is the caller's to do.
    public static func decodePoints(_ bytes: [UInt8]) throws(Undecodable) -> [Point] {
        let batch: Tacho_V1_PointBatch
        do {
            batch = try Tacho_V1_PointBatch(serializedBytes: bytes)
        } catch {
            throw Undecodable("not a PointBatch: \(error)")
        }
        return try PointColumns.decodeUnchecked(batch)
    }

    private static func content(
        of message: Tacho_V1_TripUpload
    ) throws(Undecodable) -> Upload.Content {
        guard let content = message.content else {
            throw Undecodable("no content that this build knows")
        }
        return switch content {
        case .start: .start
        case .points(let batch): .points(try PointColumns.decode(batch))
        case .end: .end
        case .deletion: .deletion
        case .amendment, .correction, .removal, .report: try UploadEdits.content(of: content)
        case .sealed: throw Undecodable("sealed content, and this build has no keys")
        }
    }
}
