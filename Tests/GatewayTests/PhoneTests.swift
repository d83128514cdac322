import EventLog
import Foundation
import NIOCore
import SeededRandom
import Testing
import Topics
import Trips
import Web

@testable import Gateway

/// What phones' apps send, to a real server and a real log.
struct PhoneTests {
    static let ownTracks = """
        {"_type":"location","lat":52.5163,"lon":13.3777,"tst":1714564800,"acc":12,"alt":34,\
        "vel":36,"cog":271,"tid":"an","batt":77,"conn":"m"}
        """

    /// The positions on the log: whose they are, and they.
    private func positions(_ log: any EventLog) async throws -> [(String, [Point])] {
        let starts = try await log.offsets(of: Topics.devicePoints.name).mapValues(\.lowerBound)
        return try await log.read(from: starts, limit: ReadLimit(), wait: .zero).map { record in
            let upload = try Topics.devicePoints.decode(record.value ?? [])
            guard case .points(let points) = upload.content else { return ("", []) }
            return (
                String(decoding: record.key, as: UTF8.self).replacing("\u{0}", with: "/"), points
            )
        }
    }

    @Test func `OwnTracks hears an empty array, and its position is on the log`() async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                let answer = try await gateway.send(
                    "POST", "/owntracks", fields: ["X-Limit-U": "ann", "X-Limit-D": "pixel"],
                    body: Array(Self.ownTracks.utf8))
                #expect(answer.status == 200)
                #expect(answer.text == "[]")
                #expect(answer.fields["content-type"] == "application/json")
                let (phone, points) = try #require(try await positions(log).first)
                #expect(phone == "ann/pixel")
                var expected = Point(
                    timeMilliseconds: 1_714_564_800_000, latitudeE7: 525_163_000,
                    longitudeE7: 133_777_000, speedMetersPerHour: 36_000)
                expected.headingCentidegrees = 27_100
                expected.altitudeCentimeters = 3_400
                expected.accuracyCentimeters = 1_200
                #expect(points == [expected])
            }
        }
    }

    @Test(arguments: [
        ("", ""), ("", "{}"), ("", "{not json"), ("", #"{"_type":"lwt","tst":1}"#),
        ("", #"{"_type":"transition","event":"enter","lat":1,"lon":1,"tst":1714564800}"#),
        ("", #"{"_type":"encrypted","data":"x"}"#), ("", "[]"), ("", "[[[]]]"),
        ("", #"{"_type":"location","lat":91,"lon":13,"tst":1714564800}"#),
        ("", #"{"_type":"location","lat":0,"lon":0,"tst":1714564800}"#),
        ("", #"{"_type":"location","lat":1,"lon":1}"#),
        ("", #"{"_type":"location","lat":1,"lon":1,"tst":9999999999}"#),
    ])
    func `what can never be used is answered as if it were good`(
        query: String, body: String
    ) async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                for path in ["/owntracks", "/pub"] {
                    let answer = try await gateway.send(path, body)
                    #expect(answer.status == 200)
                    #expect(answer.text == "[]")
                }
                #expect(try await positions(log).isEmpty)
            }
        }
    }

    @Test func `an array of messages is one record, by time`() async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                let messages = [30, 10, 20].map {
                    #"{"_type":"location","lat":52.5,"lon":13.4,"tst":17145648\#($0),"#
                        + #""topic":"owntracks/bob/iphone","vel":-1,"cog":-1,"acc":-1}"#
                }
                let answer = try await gateway.send(
                    "/owntracks", "[" + messages.joined(separator: ",") + #",{"_type":"card"}]"#)
                #expect(answer.text == "[]")
                let found = try await positions(log)
                #expect(found.map(\.0) == ["bob/iphone"])
                #expect(
                    found[0].1
                        == [10, 20, 30].map {
                            Point(
                                timeMilliseconds: (1_714_564_800 + $0) * 1_000,
                                latitudeE7: 525_000_000, longitudeE7: 134_000_000)
                        })
            }
        }
    }

    @Test(
        arguments: [
            ("GET", "speed=10", "", 18_520), ("GET", "speed=0.54", "", 1_000),
            ("GET", "speed=19.4384449", "", 36_000), ("GET", "speed=-1", "", Point.missing),
            ("GET", "speed=500", "", Point.missing), ("GET", "speed=fast", "", Point.missing),
            ("GET", "speed=36&speedUnit=kmh", "", 36_000),
            ("GET", "speed=10&speedUnit=mps", "", 36_000),
            ("POST", "speed=10", "", 18_520), ("POST", "", "speed=10&batt=50.5", 18_520),
            ("POST", "", "speed=1.0000000000000000000000000001", 1_852),
        ] as [(String, String, String, Int32)])
    func `knots become metres per hour, exactly`(
        method: String, query: String, form: String, speed: Int32
    ) async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                let answer = try await gateway.send(
                    method,
                    "/osmand?id=123456&lat=52.5163&lon=13.3777&timestamp=1714564800"
                        + "&bearing=360.0&altitude=-3.5&accuracy=4&" + query,
                    type: form.isEmpty ? nil : "application/x-www-form-urlencoded",
                    body: Array(form.utf8))
                #expect(answer.status == 200)
                #expect(answer.body.isEmpty)
                let (phone, points) = try #require(try await positions(log).first)
                #expect(phone == "anonymous/123456")
                var expected = Point(
                    timeMilliseconds: 1_714_564_800_000, latitudeE7: 525_163_000,
                    longitudeE7: 133_777_000, speedMetersPerHour: speed)
                expected.headingCentidegrees = 0
                expected.altitudeCentimeters = -350
                expected.accuracyCentimeters = 400
                #expect(points == [expected])
            }
        }
    }

    @Test(
        arguments: [
            ("timestamp=1714564800", 1_714_564_800_000),
            ("timestamp=1714564800123", 1_714_564_800_123),
            ("timestamp=2024-05-01T12:00:00Z", 1_714_564_800_000),
            ("timestamp=2024-05-01+12%3A00%3A00", 1_714_564_800_000), ("", testNow),
        ] as [(String, Int64)])
    func `times come as seconds, milliseconds or text`(query: String, time: Int64) async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                let answer = try await gateway.send(
                    "GET", "/osmand?deviceid=a+b&location=52.5%2C13.25&" + query, type: nil)
                #expect(answer.status == 200)
                let (phone, points) = try #require(try await positions(log).first)
                #expect(phone == "anonymous/a b")
                #expect(
                    points == [
                        Point(
                            timeMilliseconds: time, latitudeE7: 525_000_000,
                            longitudeE7: 132_500_000)
                    ])
            }
        }
    }

    @Test(arguments: [
        "", "id=1", "id=1&lat=x&lon=2&timestamp=1714564800", "id=1&lat=1&timestamp=1714564800",
        "id=1&lat=1&lon=2&timestamp=1714564800&valid=false", "lat=1&lon=2&timestamp=soon",
        "%zz=1&=&&&", "id=%00&lat=99&lon=2&timestamp=1714564800",
    ])
    func `OsmAnd hears 200 whatever it says`(query: String) async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                let answer = try await gateway.send("GET", "/osmand?" + query, type: nil)
                #expect(answer.status == 200)
                #expect(try await positions(log).isEmpty)
            }
        }
    }

    @Test func `Traccar Client's JSON says metres per second`() async throws {
        try await withEmbeddedLog { log in
            try await RunningGateway.with(log: log) { gateway in
                let location = """
                    {"timestamp":"2024-05-01T12:00:00.000Z","coords":{"latitude":52.5163,\
                    "longitude":13.3777,"accuracy":5.25,"speed":12.34,"heading":-1,\
                    "altitude":34.1},"is_moving":true,"battery":{"level":0.5}}
                    """
                for (body, device) in [
                    (#"{"location":\#(location),"device_id":"48241179"}"#, "48241179"),
                    (#"{"location":[\#(location)],"device_id":7}"#, "7"),
                ] {
                    let answer = try await gateway.send("/osmand", body)
                    #expect(answer.status == 200)
                    let found = try await positions(log)
                    let (_, points) = try #require(
                        found.first { $0.0 == "anonymous/\(device)" })
                    #expect(points[0].timeMilliseconds == 1_714_564_800_000)
                    #expect(points[0].speedMetersPerHour == 44_424)
                    #expect(points[0].headingCentidegrees == Point.missing)
                    #expect(points[0].accuracyCentimeters == 525)
                }
            }
        }
    }

    @Test func `a log that is away is told, so that the phone sends again`() async throws {
        let log = FaultyLog(failing: .unavailable(reason: "away"))
        try await RunningGateway.with(log: log) { gateway in
            let answer = try await gateway.send("/owntracks", Self.ownTracks)
            #expect(answer.status == 503)
            #expect(answer.fields["retry-after"] == "1")
            let other = try await gateway.send(
                "GET", "/osmand?id=1&lat=1&lon=2&timestamp=1714564800", type: nil)
            #expect(other.status == 503)
            #expect(try await gateway.send("GET", "/owntracks", type: nil).status == 405)
            #expect(try await gateway.send("PUT", "/osmand", type: nil).status == 405)
        }
    }

    @Test(arguments: 0..<200)
    func `damaged bodies are answered by 200`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var bytes = Array(Self.ownTracks.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: bytes.indices, using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
        }
        let body = ByteBuffer(bytes: bytes)
        let report = PhoneReport.ownTracks(body, depth: 64, latest: testNow)
        for point in report.points { #expect(PointLimits.violation(in: point) == nil) }
        _ = PhoneReport.locations(body, depth: 64, latest: testNow)
        _ = PhoneReport.osmAnd(FormFields(String(buffer: body)), now: testNow, latest: testNow)
    }

    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zg", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"),
        ("Zm9vYg==", "foob"), ("YW5uOnRva2Vu", "ann:token"),
    ])
    func `base64 as RFC 4648 has it`(text: String, plain: String) {
        #expect(Base64.decoded(text) == Array(plain.utf8))
        #expect(Base64.decoded(text + "*") == nil)
    }
}
