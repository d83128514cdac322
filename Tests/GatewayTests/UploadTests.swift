import EventLog
import Foundation
import NIOCore
import Testing
import Topics
import Trips

@testable import Gateway

/// Uploads to a real server and a real log.
struct UploadTests {
    static let points = [
        Point(
            sequence: 1, timeMilliseconds: 1_714_564_800_000, latitudeE7: 476_397_199,
            longitudeE7: -85_400_000, speedMetersPerHour: 50_040),
        Point(
            sequence: 2, timeMilliseconds: 1_714_564_801_000, latitudeE7: 476_398_000,
            longitudeE7: -85_410_000),
    ]
    static let lines = [
        #"{"sequence":1,"time":1714564800000,"latitude":47.6397199,"longitude":-8.54,"speedMps":13.9}"#,
        #"{"sequence":2,"time":"2024-05-01T14:00:01+02:00","latitude":47.6398,"longitude":-8.541}"#,
    ]
    static let json = Array(#"{"points":[\#(lines.joined(separator: ","))]}"#.utf8)

    /// The bytes of a `PointBatch`: what an upload's record holds in field 5.
    static func wire() throws -> [UInt8] {
        let record = UploadCodec.encode(Upload(user: .anonymous, content: .points(points)))
        let batch = try #require(record.firstRange(of: [0x2a]))
        // One byte of tag, and as many of length as have their high bit set, and one.
        let length = record[batch.upperBound...].prefix { $0 & 0x80 != 0 }.count + 1
        return Array(record[(batch.upperBound + length)...])
    }

    static func bodies() throws -> [(type: String, encoding: String, bytes: [UInt8])] {
        let lines = Array(lines.joined(separator: "\n").utf8)
        return try [
            ("application/json; charset=utf-8", json), ("Application/X-NDJSON", lines),
            ("application/x-protobuf", wire()),
        ].flatMap { type, bytes in
            [(type, "identity", bytes), (type, "gzip", gzip(bytes))]
        }
    }

    @Test func `every form of the same points is the same record`() async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                for (index, body) in try Self.bodies().enumerated() {
                    let answer = try await gateway.send(
                        "POST", "/v1/trips/trip-\(index)/points?userId=u%201", type: body.type,
                        fields: ["Content-Encoding": body.encoding, "Idempotency-Key": "k"],
                        body: body.bytes)
                    #expect(answer.status == 202, "\(answer.text)")
                    let json = try answer.json
                    #expect(json["trip"] as? String == "trip-\(index)")
                    #expect(json["accepted"] as? Int == 2)
                    #expect((json["rejected"] as? [Any])?.isEmpty == true)
                    let position = try #require(answer.fields["tacho-position"])
                    #expect(json["position"] as? String == position)
                    let partition = Partitioner.partition(
                        of: "trip-\(index)".utf8, count: RunningGateway.partitions)
                    #expect(Position(position)?.topicPartition.partition == partition)
                }
            }
            let records = try await log.uploads()
            #expect(records.count == 6)
            for record in records {
                let upload = try Topics.tripUploads.decode(try #require(record.value))
                #expect(upload.user?.rawValue == "u 1")
                #expect(upload == Upload(user: upload.user, content: .points(Self.points)))
            }
        }
    }

    @Test func `a record says what it is`() async throws {
        try await withEmbeddedLog { log in
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            try await RunningGateway.with(log: log) { gateway in
                _ = try await gateway.send(
                    "POST", "/v1/trips/a%3Ab/points/", fields: ["traceparent": trace],
                    body: Self.json)
                _ = try await gateway.send(
                    "POST", "/v1/trips/a:b/end", type: nil, fields: ["traceparent": "00-bad"])
                _ = try await gateway.send("/v1/trips/a:b/end", #"{"userId":"u","name":"n"}"#)
            }
            let records = try await log.uploads()
            #expect(records.map(\.key) == Array(repeating: Array("a:b".utf8), count: 3))
            let headers = records.map { record in
                record.headers.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }
            }
            #expect(
                headers[0] == [
                    "ce_specversion=1.0", "ce_id=id-1", "ce_source=/v1/trips",
                    "ce_type=tacho.trip.points", "content-type=application/protobuf",
                    "traceparent=\(trace)",
                ])
            #expect(headers[1].count == 5 && headers[1].contains("ce_type=tacho.trip.end"))
            let ends = try records[1...].map {
                try Topics.tripUploads.decode(try #require($0.value))
            }
            #expect(ends.map { $0.user?.rawValue } == [nil, "u"])
            #expect(ends.map(\.name) == [nil, "n"])
            #expect(ends.map(\.content) == [.end, .end])
        }
    }

    @Test func `bad points and readings are named, and the rest is taken`() async throws {
        let log = FaultyLog()
        try await RunningGateway.with(log: log) { gateway in
            let bad = #"{"time":1714564800000,"latitude":91,"longitude":0}"#
            let body =
                #"{"points":[\#(Self.lines[0]),\#(bad),{"speedMps":2101,\#(Self.lines[1].dropFirst())]}"#
            let answer = try await gateway.send("/v1/trips/t/points", body)
            #expect(answer.status == 202)
            #expect(
                answer.text.hasPrefix(
                    #"{"trip":"t","accepted":2,"rejected":[{"index":1,"pointer":"/points/1/latitude","#
                        + #""reason":"latitude is out of range; allowed is a number from -90 to 90"}],"#
                        + #""rejectedCount":1,"warnings":[{"index":2,"pointer":"/points/2/speedMps","#
                ))
            let none = try await gateway.send("/v1/trips/t/points", #"{"points":[\#(bad)]}"#)
            #expect(none.status == 422)
            #expect(none.fields["content-type"] == "application/problem+json")
            #expect((try none.json["rejected"] as? [Any])?.count == 1)
            let empty = try await gateway.send(
                "/v1/trips/t/points", type: "application/x-ndjson", "\n")
            #expect(empty.status == 422)
        }
        #expect(await log.appended.count == 1)
    }

    @Test func `the wire form is judged point by point, as JSON is`() async throws {
        let log = FaultyLog()
        var points = (0..<5).map {
            Point(timeMilliseconds: testNow - $0 * 1_000, latitudeE7: 1, longitudeE7: 1)
        }
        points[1].latitudeE7 = 910_000_000
        points[2].timeMilliseconds = 1
        points[3].speedMetersPerHour = -255_000
        let record = UploadCodec.encode(Upload(user: .anonymous, content: .points(points)))
        let at = try #require(record.firstRange(of: [0x2a])).upperBound
        let length = record[at...].prefix { $0 & 0x80 != 0 }.count + 1
        try await RunningGateway.with(log: log) { gateway in
            let answer = try await gateway.send(
                "POST", "/v1/trips/t/points", type: "application/x-protobuf",
                body: Array(record[(at + length)...]))
            #expect(answer.status == 202)
            #expect(answer.text.contains(#""accepted":3"#))
            for pointer in ["/1/latitude", "/2/time", "/3/speedMps"] {
                #expect(answer.text.contains(#""pointer":"\#(pointer)""#))
            }
            let large = try await gateway.send(
                "POST", "/v1/trips/t/points", type: "application/x-protobuf",
                body: Array(repeating: 0, count: 1_500_001))
            #expect(large.status == 413)
        }
        #expect(await log.appended.count == 1)
    }

    @Test func `a time that only the gateway can judge is judged in the wire form too`()
        async throws
    {
        let log = FaultyLog()
        var early = Self.points
        early[1].timeMilliseconds = testNow + 86_400_001
        let record = UploadCodec.encode(Upload(user: .anonymous, content: .points(early)))
        let at = try #require(record.firstRange(of: [0x2a])).upperBound
        let length = record[at...].prefix { $0 & 0x80 != 0 }.count + 1
        let bytes = Array(record[(at + length)...])
        try await RunningGateway.with(log: log) { gateway in
            let answer = try await gateway.send(
                "POST", "/v1/trips/t/points", type: "application/x-protobuf", body: bytes)
            #expect(answer.status == 202)
            #expect(answer.text.contains(#""pointer":"/1/time""#))
            let broken = try await gateway.send(
                "POST", "/v1/trips/t/points", type: "application/x-protobuf", body: bytes.dropLast()
            )
            #expect(broken.status == 422)
        }
        #expect(await log.appended.count == 1)
    }
}
