public import EventLog
public import Trips
public import Web

/// An upload as a CloudEvent in binary mode: what it is stands in headers, few and small.
public enum UploadEvent {
    /// The headers of an upload's record.
    public static func headers(
        _ content: Upload.Content, id: String, trace: TraceParent?
    ) -> [Header] {
        self.headers(type: type(content), source: "v1/trips", id: id, trace: trace)
    }

    /// The headers of a record of a phone's positions, as an app sent them.
    static func headers(
        positionsOf client: String, id: String, trace: TraceParent?
    ) -> [Header] {
        headers(type: "tacho.device.points", source: client, id: id, trace: trace)
    }

    private static func headers(
        type: String, source: String, id: String, trace: TraceParent?
    ) -> [Header] {
        var headers = [
            Header("ce_specversion", "1.0"), Header("ce_id", id),
            Header("ce_source", "/\(source)"), Header("ce_type", type),
            Header("content-type", "application/protobuf"),
        ]
        if let trace { headers.append(Header("traceparent", trace.description)) }
        return headers
    }

    private static func type(_ content: Upload.Content) -> String {
        switch content {
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
