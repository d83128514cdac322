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
}
