internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import Trips
internal import Web

extension JSONText {
    /// Remarks as an array of `{"index", "pointer", "reason"}`.
    mutating func remarks(_ remarks: PointRemarks) {
        beginArray()
        for remark in remarks.kept {
            beginObject()
            member("index", integer: Int64(remark.index))
            member("pointer", string: remark.pointer)
            member("reason", string: remark.reason)
            endObject()
        }
        endArray()
    }
}

extension Response {
    /// 202 for an upload that is on the log.
    static func accepted(_ body: UploadBody?, trip: TripID, at position: Position) -> Response {
        var json = JSONText()
        json.beginObject()
        json.member("trip", string: trip.rawValue)
        if let body {
            json.member("accepted", integer: Int64(body.points.count))
            json.key("rejected")
            json.remarks(body.rejected)
            json.member("rejectedCount", integer: Int64(body.rejected.count))
            json.key("warnings")
            json.remarks(body.warnings)
            json.member("warningCount", integer: Int64(body.warnings.count))
        }
        json.member("position", string: position.description)
        json.endObject()
        var fields = HTTPFields()
        if let name = HTTPField.Name("Tacho-Position") { fields[name] = position.description }
        return Response(status: .accepted, fields: fields, json: json)
    }
}

extension Problem {
    /// 422 for an upload of which no point was good, with what was wrong with each.
    static func noGoodPoint(_ body: UploadBody, limit: Int) -> Problem {
        let detail =
            body.rejected.count == 0
            ? "An upload has 1 to \(limit) points; this one has none."
            : "None of the upload's \(body.rejected.count) points can be taken."
        var problem = Problem.unprocessable(body.rejected.kept.first?.pointer ?? "/points", detail)
        var rejected = JSONText()
        rejected.remarks(body.rejected)
        var count = JSONText()
        count.integer(Int64(body.rejected.count))
        problem.members = [
            Problem.Member("rejected", rejected), Problem.Member("rejectedCount", count),
        ]
        return problem
    }
}
