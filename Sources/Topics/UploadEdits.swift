internal import SwiftProtobuf
internal import Trips

/// The wire form of amendments, edits and reports: by the generated code, as they are few.
enum UploadEdits {
    /// The content of a message; points and what has no fields are not for this.
    static func content(
        of content: Tacho_V1_TripUpload.OneOf_Content
    ) throws(Undecodable) -> Upload.Content {
        switch content {
        case .amendment(let amendment):
            return .amendment(Amendment(complete: amendment.hasComplete ? amendment.complete : nil))
        case .correction(let correction):
            let key = try key(correction.hasKey ? correction.key : nil, "correction")
            let points = try PointColumns.decode(correction.point)
            guard let point = points.first, points.count == 1 else {
                throw Undecodable("correction: \(points.count) points, allowed is 1")
            }
            return .correction(key, point)
        case .removal(let removal):
            return .removal(try key(removal.hasKey ? removal.key : nil, "removal"))
        case .report(let report):
            guard let id = ReportID(report.id) else {
                throw Undecodable("report: id: allowed are \(ReportID.allowed)")
            }
            let point = ReportedPoint(
                id: id, kind: report.kind, latitudeE7: report.latitudeE7,
                longitudeE7: report.longitudeE7, timeMilliseconds: report.timeMs)
            if let name = point.violation { throw Undecodable("report: \(name) is out of range") }
            return .report(point)
        case .start, .points, .end, .deletion, .sealed:
            preconditionFailure("read by the codec itself")
        }
    }

    private static func key(
        _ message: Tacho_V1_PointKey?, _ what: String
    ) throws(Undecodable) -> PointKey {
        let key: PointKey
        switch message?.key {
        case .sequence(let number): key = .sequence(Int64(clamping: number))
        case .timeMs(let time): key = .time(time)
        case nil: throw Undecodable("\(what): no key that this build knows")
        }
        guard key.isInRange else { throw Undecodable("\(what): the key is out of range") }
        return key
    }

    /// The message of a content that ``content(of:)`` reads.
    static func message(
        _ content: Upload.Content
    ) -> Tacho_V1_TripUpload.OneOf_Content {
        switch content {
        case .amendment(let amendment):
            var message = Tacho_V1_TripAmendment()
            if let complete = amendment.complete { message.complete = complete }
            return .amendment(message)
        case .correction(let key, let point):
            var message = Tacho_V1_PointCorrection()
            message.key = self.message(key)
            message.point = PointColumns.batch(of: point)
            return .correction(message)
        case .removal(let key):
            var message = Tacho_V1_PointRemoval()
            message.key = self.message(key)
            return .removal(message)
        case .report(let point):
            var message = Tacho_V1_ReportedPoi()
            message.id = point.id.rawValue
            message.kind = point.kind
            message.latitudeE7 = point.latitudeE7
            message.longitudeE7 = point.longitudeE7
            message.timeMs = point.timeMilliseconds
            return .report(message)
        case .start, .points, .end, .deletion:
            preconditionFailure("written by the codec itself")
        }
    }

    private static func message(_ key: PointKey) -> Tacho_V1_PointKey {
        var message = Tacho_V1_PointKey()
        switch key {
        case .sequence(let number): message.sequence = UInt64(number)
        case .time(let time): message.timeMs = time
        }
        return message
    }
}
