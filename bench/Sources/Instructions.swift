import Gateway
import NIOCore
import Scoring
import Topics
import Trips

/// A fixed amount of each of the hot loops, each in a function of its own, so that callgrind's
/// inclusive count of the functions named `counted…` is that of the loops.
enum Instructions {
    /// Points that each function works on; `bench/gate` divides by it.
    private static let points = 7_200
    private static let batch = 60

    static func run() throws {
        let drive = Drive.points(points, seed: 3)
        let uploads = stride(from: 0, to: points, by: batch).map {
            Upload(user: .anonymous, content: .points(Array(drive[$0..<$0 + batch])))
        }
        let bodies = Bodies.json(points: 600, count: points / 600)
        // Once beforehand: what is made on first use does not count.
        _ = try parse(Array(bodies.prefix(1)))
        _ = try decode(encode(Array(uploads.prefix(1))))
        _ = kernel(Array(drive.prefix(batch)), batch: batch)

        let parsed = try countedParse(bodies)
        let values = countedEncode(uploads)
        let decoded = try countedDecode(values)
        precondition(parsed == points && decoded == points)
        precondition(countedKernel(drive) == countedIncrements(drive))
    }

    @inline(never)
    private static func countedParse(_ bodies: [ByteBuffer]) throws -> Int { try parse(bodies) }

    @inline(never)
    private static func countedEncode(_ uploads: [Upload]) -> [[UInt8]] { encode(uploads) }

    @inline(never)
    private static func countedDecode(_ values: [[UInt8]]) throws -> Int { try decode(values) }

    @inline(never)
    private static func countedKernel(_ drive: [Point]) -> Int {
        kernel(drive, batch: drive.count)
    }

    @inline(never)
    private static func countedIncrements(_ drive: [Point]) -> Int { kernel(drive, batch: batch) }

    private static func parse(_ bodies: [ByteBuffer]) throws -> Int {
        try bodies.reduce(0) {
            $0
                + (try UploadBody.points(
                    $1, as: .json, limits: GatewayLimits(), latest: PureFigures.latest
                ).points.count)
        }
    }

    private static func encode(_ uploads: [Upload]) -> [[UInt8]] { uploads.map(UploadCodec.encode) }

    private static func decode(_ values: [[UInt8]]) throws -> Int {
        try values.reduce(0) { count, value in
            guard case .points(let points) = try UploadCodec.decode(value).content else {
                return count
            }
            return count + points.count
        }
    }

    /// The distance, so that something is asked of it.
    private static func kernel(_ drive: [Point], batch: Int) -> Int {
        var kernel = Kernel(trip: "t", rules: .standard)
        var held: [Point] = []
        held.reserveCapacity(drive.count)
        for start in stride(from: 0, to: drive.count, by: batch) {
            held.append(contentsOf: drive[start..<min(start + batch, drive.count)])
            kernel.update(points: held, firstChanged: start)
        }
        return Int(kernel.scorecard.distanceMeters)
    }
}
