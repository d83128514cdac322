internal import Projection
public import Topics
internal import Web

/// Trips that were scored without a log, as `/v1` would give them.
public enum ScoredTrips {
    /// `{"trips": [Trip…], "events": [Event…]}`: each trip complete, the events trip by trip.
    public static func document(_ trips: [Tacho_V1_TripScore], version: Version) -> [UInt8] {
        var json = JSONText(capacity: 4_096)
        json.beginObject()
        json.key("trips")
        json.beginArray()
        for trip in trips {
            json.value(bytes: TripDocument.trip(trip, status: .complete, version: version))
        }
        json.endArray()
        json.key("events")
        json.beginArray()
        for trip in trips { TripDocument.append(trip.events, of: trip.trip, to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }
}
