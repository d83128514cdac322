import Testing
import Topics
import Trips

private let ann: UserID = {
    guard let user = UserID("ann") else { preconditionFailure() }
    return user
}()

private let poi: ReportID = {
    guard let id = ReportID("poi-1") else { preconditionFailure() }
    return id
}()

private let time: Int64 = 1_520_985_601_181

private func place(sequence: Int64 = -1, _ index: Int32 = 0) -> Point {
    Point(
        sequence: sequence, timeMilliseconds: time + Int64(index) * 1_000,
        latitudeE7: 476_397_198 + index, longitudeE7: -1_223_301_000 - index,
        speedMetersPerHour: sequence < 0 ? Point.missing : 36_000)
}

private let samples: [Upload] = {
    var trip = TripFacts()
    trip.recordedMilliseconds = time
    trip.endMilliseconds = time + 100_000
    trip.fuelUsedGallons = 1.25
    trip.hasSimulatedOBDData = false
    var corrected = PointFacts()
    corrected.runtime = 0.1
    corrected.vin = "W"
    var all = PointFacts()
    all.shortTermFuelBank = -255
    all.longTermFuelBank = 2.5
    all.relativeThrottlePosition = 3
    all.runtime = 4
    all.distanceWithMalfunctionLight = 5
    all.hasOBDData = true
    all.hasSimulatedOBDData = true
    all.vin = ""
    return [
        Upload(
            user: ann, name: "Work", vin: "V1", content: .amendment(Amendment(complete: true)),
            said: Said(trip: trip)),
        Upload(user: ann, content: .amendment(Amendment(complete: false))),
        Upload(user: ann, content: .amendment(Amendment())),
        Upload(
            user: ann, content: .correction(.sequence(7), place(sequence: 7)),
            said: Said(points: [.init(index: 0, facts: corrected)])),
        Upload(user: ann, content: .correction(.time(time - 1), place(sequence: 7))),
        Upload(user: ann, content: .removal(.time(time))),
        Upload(user: ann, content: .removal(.sequence(0))),
        Upload(
            user: ann,
            content: .report(
                ReportedPoint(
                    id: poi, kind: 2, latitudeE7: 476_397_198, longitudeE7: -1_223_301_000,
                    timeMilliseconds: time))),
        Upload(
            user: ann, content: .points([place(), place(1)]),
            said: Said(points: [.init(index: 1, facts: all)])),
        Upload(user: ann, content: .start, said: Said(trip: TripFacts())),
    ]
}()

@Test func `golden bytes of the second schema decode for ever and are still what is written`()
    throws
{
    for (index, upload) in samples.enumerated() {
        let bytes = try golden("trip-upload-2.\(index)")
        #expect(try UploadCodec.decode(bytes) == upload)
        #expect(UploadCodec.encode(upload) == bytes)
    }
}

@Test func `any batch with something said of its points comes back as it was`() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
        let points = samplePoints()
        var said: [Said.OfPoint] = []
        for index in points.indices where Int.random(in: 0..<3, using: &random) == 0 {
            var facts = PointFacts()
            for (_, field) in PointFacts.numbers where Bool.random(using: &random) {
                facts[keyPath: field] = Double.random(in: -1e9...1e9, using: &random)
            }
            if Bool.random(using: &random) { facts.hasOBDData = Bool.random(using: &random) }
            if Bool.random(using: &random) { facts.vin = "é" }
            said.append(.init(index: index, facts: facts))
        }
        let upload = Upload(
            user: ann, name: "n", content: .points(points),
            said: said.isEmpty ? nil : Said(points: said))
        #expect(try UploadCodec.decode(UploadCodec.encode(upload)) == upload)
    }
}

@Test func `damaged edits are refused or decode to values in range, and never trap`() {
    var random = SystemRandomNumberGenerator()
    for round in 0..<20_000 {
        var bytes = UploadCodec.encode(samples[round % samples.count])
        for _ in 0...(round % 3) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            bytes[index] = UInt8.random(in: 0...255, using: &random)
        }
        guard let upload = try? UploadCodec.decode(bytes) else { continue }
        #expect(upload.said?.trip?.violation == nil)
        for point in upload.said?.points ?? [] { #expect(point.facts.violation == nil) }
        switch upload.content {
        case .correction(let key, let point):
            #expect(key.isInRange && PointLimits.violation(in: point) == nil)
        case .removal(let key): #expect(key.isInRange)
        case .report(let point): #expect(point.violation == nil)
        default: break
        }
    }
}

/// A user, a content of few bytes, and what follows.
private func bytes(_ tag: UInt8, _ content: [UInt8], _ rest: [UInt8] = []) -> [UInt8] {
    [0x0a, 0x01, 0x61, tag, UInt8(content.count)] + content + rest
}

@Test(arguments: [
    (bytes(0x4a, []), "correction: no key"),
    (bytes(0x4a, [0x0a, 0x02, 0x08, 0x01]), "count is 0"),
    (bytes(0x52, []), "removal: no key"),
    (bytes(0x52, [0x0a, 0x00]), "removal: no key"),
    (
        bytes(0x52, [0x0a, 0x0b, 0x08] + Array(repeating: 0xff, count: 9) + [0x01]),
        "removal: the key is out of range"
    ),
    (bytes(0x52, [0x0a, 0x02, 0x10, 0x01]), "removal: the key is out of range"),
    (bytes(0x5a, []), "report: id"),
    (bytes(0x5a, [0x0a, 0x01, 0x2f]), "report: id"),
    (bytes(0x5a, [0x0a, 0x01, 0x61]), "report: time"),
    (bytes(0x42, [], [0x62, 0x02, 0x08, 0x01]), "my_driving_trip: RecordedTimeStamp"),
    (
        bytes(0x42, [], [0x62, 0x09, 0x19, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]),
        "my_driving_trip: FuelUsed"
    ),
    (bytes(0x42, [], [0x6a, 0x00]), "my_driving_points: index 0 of 0 points"),
    (bytes(0x3a, [], [0x62, 0x00]), "my_driving_trip: only in a start"),
    ([0x42, 0x00], "user"),
])
func `what is wrong with an edit is said`(bytes: [UInt8], words: String) {
    #expect {
        _ = try UploadCodec.decode(bytes)
    } throws: { error in
        "\(error)".contains(words)
    }
}

@Test func `what is said of one point twice, or of one that is not there, is refused`() throws {
    for indexes in [[0, 0], [1, 0], [2], [-1 &+ (1 << 32)]] {
        let said = Said(points: indexes.map { .init(index: $0, facts: PointFacts()) })
        let bytes = UploadCodec.encode(
            Upload(user: ann, content: .points([place(), place(1)]), said: said))
        #expect(throws: Undecodable.self, "\(indexes)") { try UploadCodec.decode(bytes) }
    }
}

@Test func `the marks of an upload are told without reading it`() throws {
    for upload in samples {
        let bytes = UploadCodec.encode(upload)
        let marks = UploadMarks(of: bytes)
        if case .report = upload.content {
            #expect(marks == .report)
        } else {
            #expect(marks == (upload.said?.trip == nil ? [] : .facts))
        }
        // Fields of any kind that come one day are passed over.
        let unknown: [UInt8] = [0x80, 0x7d, 0x96, 0x01, 0x81, 0x7d, 1, 2, 3, 4, 5, 6, 7, 8]
        #expect(UploadMarks(of: unknown + [0x85, 0x7d, 1, 2, 3, 4] + bytes) == marks)
        for count in bytes.indices { _ = UploadMarks(of: Array(bytes[..<count])) }
    }
    #expect(UploadMarks(of: []) == [])
}
