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

    /// The wire form says nothing but points, and is taken or refused whole, but for times that
    /// only the gateway's clock can judge.
    private static func wire(
        _ bytes: ByteBuffer, limits: GatewayLimits, latest: Int64
    ) throws(Problem) -> UploadBody {
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
            if point.timeMilliseconds <= latest {
                body.points.append(point)
            } else {
                body.rejected.add(
                    PointRemark(
                        index: index, pointer: "/\(index)/time",
                        reason: PointFault.outOfRange.reason(.time)))
            }
        }
        return body
    }
}
