import Testing
import Topics
import Trips

private func user(_ name: String) -> UserID {
    guard let user = UserID(name) else { preconditionFailure(name) }
    return user
}

/// Every kind of value a batch may hold: all, some and no readings, extremes, repeats.
func samplePoints() -> [Point] {
    (0..<70).map { index in
        var point = Point(
            sequence: index % 7 == 3 ? Point.unnumbered : Int64(index) * 3,
            timeMilliseconds: 1_520_985_601_181 + Int64(index) * 1_013 * (index % 5 == 0 ? -1 : 1),
            latitudeE7: index == 8 ? -900_000_000 : 476_397_198 + Int32(index),
            longitudeE7: index % 2 == 0 ? 1_800_000_000 : -1_800_000_000,
            speedMetersPerHour: Int32(index) * 1_000)
        if index % 3 == 0 { point.headingCentidegrees = 35_999 }
        if index > 60 { point.altitudeCentimeters = -100_000 }
        if index < 10 { point.fuelRateCentilitersPerHour = Int32(index) }
        return point
    }
}

private let samples: [Upload] = [
    Upload(user: user("ann"), name: "Home", vin: "WVWZZZ1JZXW000001", content: .start),
    Upload(user: user("ann"), content: .points(samplePoints())),
    Upload(user: .anonymous, name: "", content: .end),
    Upload(user: user("é"), content: .deletion),
    Upload(user: nil, content: .end),
]

@Test(arguments: samples)
func `an upload comes back as it was`(upload: Upload) throws {
    let bytes = UploadCodec.encode(upload)
    #expect(try UploadCodec.decode(bytes) == upload)
    #expect(UploadCodec.encode(upload) == bytes)
}

@Test func `each of the optional readings comes back alone, on any subset of points`() throws {
    for reading in PointLimits.readings {
        for stride in 1...5 {
            var points = samplePoints()
            for index in points.indices {
                for other in PointLimits.readings {
                    points[index][keyPath: other.field] = Point.missing
                }
                if index % stride == 0 {
                    points[index][keyPath: reading.field] =
                        index % 2 == 0 ? reading.range.upperBound : reading.range.lowerBound
                }
            }
            let upload = Upload(user: .anonymous, content: .points(points))
            #expect(try UploadCodec.decode(UploadCodec.encode(upload)) == upload)
        }
    }
}

@Test func `golden bytes of the first schema decode for ever and are still what is written`() throws
{
    for (index, upload) in samples.enumerated() {
        let bytes = try golden("trip-upload-1.\(index)")
        #expect(try UploadCodec.decode(bytes) == upload)
        #expect(UploadCodec.encode(upload) == bytes)
    }
}

@Test func `damaged bytes are refused or decode to points in range, and never trap`() {
    var random = SystemRandomNumberGenerator()
    let good = UploadCodec.encode(samples[1])
    var refused = 0
    for round in 0..<20_000 {
        var bytes = good
        for _ in 0...(round % 4) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            bytes[index] = UInt8.random(in: 0...255, using: &random)
        }
        if round % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        do {
            let upload = try UploadCodec.decode(bytes)
            guard case .points(let points) = upload.content else { continue }
            for point in points { #expect(PointLimits.violation(in: point) == nil, "\(bytes)") }
        } catch {
            refused += 1
            #expect(!error.description.isEmpty)
        }
    }
    #expect(refused > 10_000)
}

@Test(arguments: [
    ([0x0a, 0x00, 0x22, 0x00], "user"),
    ([0x0a, 0x01, 0x0a, 0x32, 0x00], "user"),
    ([0x0a, 0x01, 0x61], "no content"),
    ([0x0a, 0x01, 0x61, 0x2a, 0x00], "count is 0"),
    ([0x0a, 0x01, 0x61, 0x2a, 0x03, 0x08, 0x91, 0x4e], "count is 10001"),
    ([0x0a, 0x01, 0x61, 0x2a, 0x02, 0x08, 0x01], "time_ms: 0 values for 1 points"),
    ([0x0a, 0x01, 0x61, 0x7a, 0x00], "sealed"),
    ([0xff], "not a TripUpload"),
])
func `what is wrong with bytes is said`(bytes: [UInt8], words: String) {
    #expect {
        _ = try UploadCodec.decode(bytes)
    } throws: { error in
        "\(error)".contains(words)
    }
}
