import Testing
import Trips

@testable import Topics

/// A batch whose columns are whole, partly filled or empty by chance, with small and large steps.
private func batch(_ random: inout some RandomNumberGenerator) -> [Point] {
    let count = [1, 2, 31, 32, 33, 60, 64, 65, 200].randomElement(using: &random) ?? 1
    let shares = PointLimits.readings.map { _ in Int.random(in: 0...4, using: &random) }
    let numbered = Int.random(in: 0...4, using: &random)
    let isWild = Bool.random(using: &random)
    return (0..<count).map { index in
        var point = Point(
            timeMilliseconds: isWild
                ? Int64.random(
                    in: PointLimits.earliestMilliseconds...PointLimits.latestMilliseconds,
                    using: &random)
                : 1_760_000_000_000 + Int64(index) * 1_000,
            latitudeE7: Int32.random(in: PointLimits.latitude, using: &random),
            longitudeE7: Int32.random(in: PointLimits.longitude, using: &random))
        if Int.random(in: 0..<4, using: &random) < numbered {
            point.sequence =
                isWild ? Int64.random(in: PointLimits.sequence, using: &random) : Int64(index)
        }
        for (reading, share) in zip(PointLimits.readings, shares)
        where Int.random(in: 0..<4, using: &random) < share {
            point[keyPath: reading.field] =
                isWild
                ? Int32.random(in: reading.range, using: &random)
                : reading.range.lowerBound + Int32(index % 7)
        }
        return point
    }
}

@Test func `points are written as the generated code writes them, and read without it`() throws {
    var random = SystemRandomNumberGenerator()
    for round in 0..<2_000 {
        let points = batch(&random)
        let upload = Upload(
            user: .anonymous, name: round % 3 == 0 ? "Wörk" : nil, vin: round % 5 == 0 ? "" : nil,
            content: .points(points))
        let bytes = UploadCodec.encode(upload)
        #expect(try bytes == GeneratedCodec.encode(upload, points), "\(points)")
        #expect(bytes.withUnsafeBufferPointer { UploadReader.read($0) } == upload, "\(bytes)")
        #expect(try UploadCodec.decodeAnyForm(bytes) == upload)
    }
}

@Test func `the largest batch fits`() throws {
    let points = (0..<10_000).map { index in
        var point = Point(
            sequence: index % 2 == 0 ? 0 : 9_007_199_254_740_991,
            timeMilliseconds: index % 2 == 0 ? 946_684_800_000 : 7_258_118_400_000,
            latitudeE7: index % 2 == 0 ? -900_000_000 : 900_000_000,
            longitudeE7: index % 2 == 0 ? -1_800_000_000 : 1_800_000_000)
        for reading in PointLimits.readings where index > 0 {
            point[keyPath: reading.field] =
                index % 2 == 0 ? reading.range.lowerBound : reading.range.upperBound
        }
        return point
    }
    let upload = Upload(user: .anonymous, content: .points(points))
    let bytes = UploadCodec.encode(upload)
    #expect(try bytes == GeneratedCodec.encode(upload, points))
    #expect(bytes.withUnsafeBufferPointer { UploadReader.read($0) } == upload)
}

@Test func `damaged bytes that are read by hand are read so by the generated code too`() {
    var random = SystemRandomNumberGenerator()
    var read = 0
    for round in 0..<40_000 {
        var bytes = UploadCodec.encode(
            Upload(user: .anonymous, name: "n", content: .points(samplePoints())))
        for _ in 0...(round % 3) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            bytes[index] = UInt8.random(in: 0...255, using: &random)
        }
        if round % 5 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        guard let upload = bytes.withUnsafeBufferPointer({ UploadReader.read($0) }) else {
            continue
        }
        read += 1
        #expect((try? UploadCodec.decodeAnyForm(bytes)) == upload, "\(bytes)")
    }
    #expect(read > 1_000)
}
