internal import HTTPTypes
public import NIOCore
internal import Topics
internal import Trips
public import Web

extension UploadBody {
    /// Reads a body of points.
    ///
    /// - Parameters:
    ///   - type: what the bytes are.
    ///   - latest: the latest time that a point may have, in epoch milliseconds.
    /// - Throws: 400 for what cannot be read; 422 for what can, and is not allowed.
    public static func points(
        _ bytes: ByteBuffer, as type: UploadMediaType, limits: GatewayLimits, latest: Int64
    ) throws(Problem) -> UploadBody {
        if type == .protobuf { return try wire(bytes, limits: limits, latest: latest) }
        return try parse(bytes, limits, latest) { parser throws(Problem) in
            if type == .json { try parser.readObject() } else { try parser.readLines() }
        }
    }

    /// Reads a body that says who and what, but no points; an empty one says nothing.
    static func facts(_ bytes: ByteBuffer, limits: GatewayLimits) throws(Problem) -> UploadBody {
        guard bytes.readableBytes > 0 else { return UploadBody(limits: limits) }
        return try parse(bytes, limits, 0) { parser throws(Problem) in try parser.readFacts() }
    }

    private static func parse(
        _ bytes: ByteBuffer, _ limits: GatewayLimits, _ latest: Int64,
        _ read: (inout PointParser) throws(Problem) -> Void
    ) throws(Problem) -> UploadBody {
        let result = bytes.withUnsafeReadableBytes { bytes in
            var parser = PointParser(
                bytes.bindMemory(to: UInt8.self), limits: limits, latest: latest)
            return Result { () throws(Problem) in
                try read(&parser)
                return parser.body
            }
        }
        return try result.get()
    }

    /// The wire form says nothing but points; each is judged as in JSON.
    private static func wire(
        _ bytes: ByteBuffer, limits: GatewayLimits, latest: Int64
    ) throws(Problem) -> UploadBody {
        guard bytes.readableBytes <= limits.wireBytes else {
            throw Problem(
                .contentTooLarge, "Body too large",
                detail: "A PointBatch may have at most \(limits.wireBytes) bytes.")
        }
        var body = UploadBody(limits: limits)
        let points: [Point]
        do {
            points = try UploadCodec.decodePoints(Array(bytes.readableBytesView))
        } catch {
            throw .unprocessable(nil, "The body is no good PointBatch: \(error).")
        }
        guard points.count <= limits.points else {
            throw .unprocessable(nil, "An upload has 1 to \(limits.points) points.")
        }
        for (index, point) in points.enumerated() {
            var point = point
            if judge(&point, index, latest: latest, &body) { body.points.append(point) }
        }
        return body
    }

    /// Drops what readings are out of range; whether the rest is a good point.
    private static func judge(
        _ point: inout Point, _ index: Int, latest: Int64, _ body: inout UploadBody
    ) -> Bool {
        func remark(_ field: PointField) -> PointRemark {
            PointRemark(
                index: index, pointer: "/\(index)/\(field.name)",
                reason: PointFault.outOfRange.reason(field))
        }
        while let name = PointLimits.violation(in: point) {
            let readings = PointLimits.readings
            guard let number = readings.firstIndex(where: { $0.name == name }) else {
                let own = [PointField.sequence, .time, .latitude, .longitude]
                let field = own.first { $0.name == name } ?? .time
                body.rejected.add(remark(field))
                return false
            }
            point[keyPath: readings[number].field] = Point.missing
            body.warnings.add(remark(PointField(number: PointField.firstReading + number)))
        }
        guard point.timeMilliseconds <= latest else {
            body.rejected.add(remark(.time))
            return false
        }
        return true
    }
}
