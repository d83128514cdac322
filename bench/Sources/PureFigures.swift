import Gateway
import NIOCore
import Scoring
import Topics
import Trips

/// Figures of code that touches nothing but memory.
enum PureFigures {
    /// Later than any point.
    static let latest = PointLimits.latestMilliseconds
    private static let trip = 7_200

    static func parse() throws {
        let bodies = Bodies.json(points: 600, count: 12)
        let bytes = bodies.reduce(0) { $0 + $1.readableBytes } / (12 * 600)
        try Measure.repeatedly(
            "JSON parse", "points", load: "600 points a body, \(bytes) bytes a point"
        ) {
            var points = 0
            for body in bodies {
                points += try UploadBody.points(
                    body, as: .json, limits: GatewayLimits(), latest: latest
                ).points.count
            }
            return points
        }
    }

    static func encode(batch: Int) throws {
        let uploads = Bodies.uploads(points: batch, count: 6_000 / batch)
        Measure.repeatedly("Wire encode, \(batch)", "points", load: "\(batch) points a batch") {
            for upload in uploads { precondition(!UploadCodec.encode(upload).isEmpty) }
            return uploads.count * batch
        }
    }

    static func decode(batch: Int) throws {
        let values = Bodies.uploads(points: batch, count: 6_000 / batch).map(UploadCodec.encode)
        let bytes = values.reduce(0) { $0 + $1.count }
        try Measure.repeatedly(
            "Wire decode, \(batch)", "points",
            load: "\(batch) points a batch, \(bytes / (values.count * batch)) bytes a point"
        ) {
            for value in values { _ = try UploadCodec.decode(value) }
            return values.count * batch
        }
    }

    /// The ceiling of decoding: as many varints of the same sizes, added up into columns.
    static func varints() {
        let points = Drive.points(trip, seed: 1)
        let columns = Varints.columns(of: points)
        var sums = [Int64](repeating: 0, count: points.count)
        Measure.repeatedly(
            "Bare varints", "points", load: "the same 7 columns, no checks, into one array"
        ) {
            for column in columns { Varints.decode(column, into: &sums) }
            return points.count
        }
        precondition(sums.last == points.last.map { Int64($0.accuracyCentimeters) })
    }

    static func kernel(speeds: Bool) {
        let points = Drive.points(trip, seed: 2, speeds: speeds)
        let kind = speeds ? "" : ", positions only"
        Measure.repeatedly(
            "Kernel, whole trip\(kind)", "points", load: "\(trip) points in order, one update"
        ) {
            var kernel = Kernel(trip: "t", rules: .standard)
            kernel.update(points: points, firstChanged: 0)
            precondition(kernel.scorecard.distanceMeters > 0)
            return trip
        }
    }

    static func increments() {
        let points = Drive.points(trip, seed: 2)
        Measure.repeatedly(
            "Kernel, batches of 60", "points", load: "\(trip) points in order, 120 updates"
        ) {
            var kernel = Kernel(trip: "t", rules: .standard)
            var held: [Point] = []
            held.reserveCapacity(trip)
            for start in stride(from: 0, to: trip, by: 60) {
                held.append(contentsOf: points[start..<start + 60])
                kernel.update(points: held, firstChanged: start)
            }
            precondition(kernel.scorecard.distanceMeters > 0)
            return trip
        }
    }
}
