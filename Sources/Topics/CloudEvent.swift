public import EventLog
public import Trips

/// A record as a CloudEvent in binary mode: what it is stands in headers, few and small.
public enum CloudEvent {
    /// The headers.
    ///
    /// - Parameters:
    ///   - source: where the event is from, as a path.
    ///   - id: what no other event of that source has.
    ///   - trace: a W3C `traceparent`, where there is one.
    public static func headers(
        type: String, source: String, id: String, trace: String?
    ) -> [Header] {
        var headers = [
            Header("ce_specversion", "1.0"), Header("ce_id", id), Header("ce_source", source),
            Header("ce_type", type), Header("content-type", "application/protobuf"),
        ]
        if let trace { headers.append(Header("traceparent", trace)) }
        return headers
    }
}

extension Upload.Content {
    /// The content's name as the type of a CloudEvent.
    public var eventType: String {
        switch self {
        case .start: "tacho.trip.start"
        case .points: "tacho.trip.points"
        case .end: "tacho.trip.end"
        case .deletion: "tacho.trip.deletion"
        case .amendment: "tacho.trip.amendment"
        case .correction: "tacho.trip.correction"
        case .removal: "tacho.trip.removal"
        case .report: "tacho.trip.report"
        }
    }
}
