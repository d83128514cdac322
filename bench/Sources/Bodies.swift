import NIOCore
import Simulator
import Trips

/// What is sent and stored, made from drives.
enum Bodies {
    /// Uploads of one drive each.
    static func uploads(points: Int, count: Int) -> [Upload] {
        (0..<count).map {
            Upload(user: .anonymous, content: .points(Drive.points(points, seed: $0)))
        }
    }

    /// Bodies of `POST /v1/trips/{trip}/points`.
    static func json(points: Int, count: Int) -> [ByteBuffer] {
        (0..<count).map {
            ByteBuffer(bytes: PointJSON.body(points: Drive.points(points, seed: $0)))
        }
    }

    /// Bodies that are good but not simple.
    static let odd = [
        // Other readings, in another order, of some points only.
        """
        {"userId": "somebody", "points": [
          {"longitude": -122.1, "latitude": 47.64, "time": "2025-10-09T08:53:20.250Z"},
          {"time": "2025-10-09T10:53:21+02:00", "latitude": -33.5, "longitude": 1e2,
           "engineRpm": 2150.5, "throttlePercent": 17, "engineLoadPercent": 33.333,
           "massAirFlowGramsPerSecond": 12.345, "fuelRateLitersPerHour": 4.2},
          {"time": 1760000002000, "latitude": 47.6400001, "longitude": -122.10000005,
           "altitudeMeters": -12.345, "headingDegrees": 360, "sequence": 7}
        ]}
        """,
        // Readings that are dropped, and points that are rejected.
        """
        {"points": [
          {"time": 1760000000000, "latitude": 47.64, "longitude": -122.1, "speedMps": 2101,
           "accuracyMeters": -255, "unknown": {"a": [1, "\\"", null]}},
          {"time": 1760000001000, "latitude": 91, "longitude": 0},
          {"time": "yesterday", "latitude": 1, "longitude": 0},
          {"latitude": 1, "longitude": 0},
          {"time": 1760000003000, "latitude": 47.64, "longitude": -122.1, "speedMps": null,
           "sequence": 3, "headingDegrees": "north"}
        ], "note": "text"}
        """,
    ]
}
