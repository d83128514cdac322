import HTTPTypes
import Testing
import Trips
import Web

@testable import Gateway

struct PointParserTests {
    @Test func `every member of a point is read`() throws {
        let body = try read(
            """
            {"userId":"u-1","name":"Z\\u00fcrich \\ud834\\udd1e","vin":"WVW","points":[{
            "sequence":7,"time":"2024-05-01T12:00:00.250Z","latitude":-47.5,"longitude":8.1234567,
            "speedMps":13.9,"headingDegrees":359.99,"altitudeMeters":-3.5,"accuracyMeters":4,
            "engineRpm":2100.25,"throttlePercent":12.34,"engineLoadPercent":99,
            "massAirFlowGramsPerSecond":6.55,"fuelRateLitersPerHour":1e1,"colour":{"a":[1,{}]}}]}
            """)
        var point = Point(
            sequence: 7, timeMilliseconds: 1_714_564_800_250, latitudeE7: -475_000_000,
            longitudeE7: 81_234_567, speedMetersPerHour: 50_040)
        point.headingCentidegrees = 35_999
        point.altitudeCentimeters = -350
        point.accuracyCentimeters = 400
        point.engineCentiRpm = 210_025
        point.throttleCentipercent = 1_234
        point.engineLoadCentipercent = 9_900
        point.massAirFlowCentigramsPerSecond = 655
        point.fuelRateCentilitersPerHour = 1_000
        #expect(body.points == [point])
        #expect(body.rejected.count == 0 && body.warnings.count == 0)
        #expect(body.user == UserID("u-1") && body.name == "Zürich 𝄞" && body.vin == "WVW")
    }

    @Test(arguments: [
        #""time":"yesterday""#, #""time":"1999-12-31T23:59:59Z""#, #""time":1717286400001"#,
        #""time":1714564800000.5"#, #""time":null"#, #""time":true"#, #""time":-1"#,
        #""time":1e300"#,
        #""latitude":90.00000005"#, #""latitude":-90.0000001"#, #""latitude":"47.6""#,
        #""latitude":null"#, #""latitude":[47]"#, #""longitude":180.0000001"#,
        #""longitude":1e308"#,
        #""longitude":{"a":1}"#, #""sequence":-1"#, #""sequence":1.5"#, #""sequence":"1""#,
        #""sequence":9007199254740992"#, #""sequence":1e400"#, #""sequence":false"#,
    ])
    func `a point with a bad time, position or sequence is rejected by itself`(
        member: String
    ) throws {
        let name = String(member.split(separator: "\"")[0])
        let good = #"{"time":1714564800000,"latitude":1,"longitude":2}"#
        let bad = #"{"time":1714564800000,"latitude":1,"longitude":2,\#(member)}"#
        let body = try read(#"{"points":[\#(good),\#(bad),\#(good)]}"#)
        #expect(body.points.count == 2)
        #expect(body.rejected.kept.map(\.pointer) == ["/points/1/\(name)"])
        #expect(body.rejected.kept.map(\.index) == [1])
        let lines = try read("\(good)\n\n\(bad)\r\n\(good)", as: .lines)
        #expect(lines.points == body.points)
        #expect(lines.rejected.kept.map(\.pointer) == ["/1/\(name)"])
        #expect(lines.rejected.kept.map(\.reason) == body.rejected.kept.map(\.reason))
    }

    @Test(arguments: [
        #""speedMps":2101"#, #""speedMps":-255"#, #""speedMps":138.8891"#, #""speedMps":"fast""#,
        #""headingDegrees":-255"#, #""headingDegrees":360.005"#, #""altitudeMeters":15000.005"#,
        #""accuracyMeters":-0.005"#, #""engineRpm":20000.01"#, #""throttlePercent":101"#,
        #""engineLoadPercent":[]"#, #""massAirFlowGramsPerSecond":655.36"#,
        #""fuelRateLitersPerHour":3212.76"#, #""fuelRateLitersPerHour":true"#,
    ])
    func `a bad reading is dropped and warned of`(member: String) throws {
        let name = String(member.split(separator: "\"")[0])
        let body = try read(onePoint(member))
        #expect(
            body.points == [
                Point(
                    timeMilliseconds: 1_714_564_800_000, latitudeE7: 10_000_000,
                    longitudeE7: 20_000_000)
            ])
        #expect(body.warnings.kept.map(\.pointer) == ["/points/0/\(name)"])
        let field = try #require((0..<13).map { PointField(number: $0) }.first { $0.name == name })
        #expect(body.warnings.kept[0].reason.hasSuffix("allowed is \(field.allowed)"))
    }

    @Test func `what is allowed is said in the units of the interface`() {
        let allowed = (0..<13).map { PointField(number: $0).allowed }
        #expect(allowed[0] == "a whole number from 0 to 9007199254740991")
        #expect(
            allowed[4...] == [
                "a number from 0 to 138.888", "a number from 0 to 360",
                "a number from -1000 to 15000", "a number from 0 to 100000",
                "a number from 0 to 20000", "a number from 0 to 100", "a number from 0 to 100",
                "a number from 0 to 655.35", "a number from 0 to 3212.75",
            ])
    }

    @Test func `every name of the interface is known, and no other of its length`() {
        for number in 0..<PointField.count {
            let name = PointField(number: number).name
            func found(_ text: String) -> Int? {
                Array(text.utf8).withUnsafeBytes { PointField($0)?.number }
            }
            #expect(found(name) == number)
            for index in name.utf8.indices {
                var bytes = Array(name.utf8)
                bytes[name.utf8.distance(from: name.utf8.startIndex, to: index)] ^= 1
                #expect(bytes.withUnsafeBytes { PointField($0) } == nil)
            }
        }
    }

    @Test func `null is no reading, and no warning`() throws {
        let body = try read(onePoint(#""speedMps":null,"sequence":null,"headingDegrees":360"#))
        #expect(body.points[0].speedMetersPerHour == Point.missing)
        #expect(body.points[0].sequence == Point.unnumbered)
        #expect(body.points[0].headingCentidegrees == 0)
        #expect(body.warnings.count == 0)
    }

    @Test func `of two members of one name the last counts`() throws {
        let body = try read(
            onePoint(
                #""speedMps":2101,"speedMps":1,"l\u0061titude":3,"latitude":4,"time":0,"time":1714564800000"#
            ))
        #expect(body.points[0].speedMetersPerHour == 3_600)
        #expect(body.points[0].latitudeE7 == 40_000_000)
        #expect(body.warnings.count == 0)
        #expect(try read(#"{"points":[{}],"points":[]}"#).rejected.count == 0)
    }

    @Test(
        arguments: [
            (#"{"points":[{"latitude":NaN}]}"#, 23, "/points/0/latitude"),
            (#"{"points":[{"latitude":Infinity}]}"#, 23, "/points/0/latitude"),
            (#"{"points":[{"latitude":1},{"longitude":-}]}"#, 40, "/points/1/longitude"),
            (#"{"points":[{"latitude":1"#, 24, "/points/0/latitude"),
            (#"{"points":[{"a/b~c":tru}]}"#, 23, "/points/0/a~1b~0c"),
            (#"{"points":[{"time":"\ud834"}]}"#, 20, "/points/0/time"),
            (#"{"points":[{"time":"\udd1e"}]}"#, 20, "/points/0/time"),
            (#"{"points":[{"time":"\x"}]}"#, 21, "/points/0/time"),
            (#"{"points":[1,]}"#, 13, "/points/1"),
            (#"{"points":[]} x"#, 14, ""), (#"{"points":[],}"#, 13, ""), ("", 0, ""), ("{", 1, ""),
            (#"{"points" []}"#, 10, ""),
            ("{\"points\":[{\"time\":\"\u{1}\"}]}", 20, "/points/0/time"),
            (#"{"points":[{"x":01}]}"#, 17, "/points/0/x"),
        ] as [(String, Int, String)])
    func `bad syntax is named with its byte and pointer`(
        text: String, offset: Int, pointer: String
    ) {
        let problem = #expect(throws: Problem.self) { try read(text) }
        #expect(problem?.status == .badRequest)
        #expect(problem?.members.first?.value.text == "\(offset)", "\(problem?.detail ?? "")")
        #expect(problem?.pointer == pointer)
    }

    @Test(
        arguments: [
            [0x80], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
            [0xf5, 0x80, 0x80, 0x80],
            [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x8f, 0x80, 0x80], [0xff], [0xe2, 0x82],
            [0xe2, 0x28, 0xa1],
        ] as [[UInt8]])
    func `text that is not UTF-8 is bad syntax`(bad: [UInt8]) {
        let bytes = Array(#"{"name":""#.utf8) + bad + Array(#"","points":[]}"#.utf8)
        let problem = #expect(throws: Problem.self) { try read(bytes: bytes) }
        #expect(problem?.status == .badRequest)
    }

    @Test func `depth is bounded`() throws {
        func nested(_ depth: Int) -> String {
            onePoint(
                #""x":"# + String(repeating: "[", count: depth)
                    + String(repeating: "]", count: depth))
        }
        var limits = GatewayLimits()
        limits.depth = 10
        #expect(try read(nested(7), limits: limits).points.count == 1)
        #expect(throws: Problem.self) { try read(nested(8), limits: limits) }
        #expect(throws: Problem.self) { try read(nested(1_000_000)) }
        #expect(throws: Problem.self) { try read(String(repeating: #"{"a":"#, count: 1_000_000)) }
        let lines = try read(String(repeating: "[", count: 1_000_000), as: .lines)
        #expect(lines.rejected.kept[0].reason.contains("nested too deeply"))
    }

    @Test(arguments: [
        (#"[]"#, ""), (#""points""#, ""), (#"{}"#, "/points"), (#"{"points":{}}"#, "/points"),
        (#"{"points":null}"#, "/points"), (#"{"userId":"","points":[]}"#, "/userId"),
        (#"{"userId":7,"points":[]}"#, "/userId"), (#"{"name":"\n","points":[]}"#, "/name"),
        (#"{"vin":[],"points":[]}"#, "/vin"),
        (#"{"vin":"\#(String(repeating: "v", count: 65))","points":[]}"#, "/vin"),
    ])
    func `a body that says what is not allowed is not acceptable`(text: String, pointer: String) {
        let problem = #expect(throws: Problem.self) { try read(text) }
        #expect(problem?.status == .unprocessableContent)
        #expect(problem?.pointer == pointer)
    }

    @Test func `points are bounded, and remarks too`() throws {
        var limits = GatewayLimits()
        limits.points = 5
        limits.remarks = 2
        func body(_ count: Int) -> String {
            #"{"points":["# + Array(repeating: "7", count: count).joined(separator: ",") + "]}"
        }
        let five = try read(body(5), limits: limits)
        #expect(five.rejected.count == 5 && five.rejected.kept.map(\.index) == [0, 1])
        #expect(five.rejected.kept[0].reason == "a point must be an object")
        let problem = #expect(throws: Problem.self) { try read(body(6), limits: limits) }
        #expect(problem?.status == .unprocessableContent)
        #expect(throws: Problem.self) { try read("1\n2\n3\n4\n5\n6", as: .lines, limits: limits) }
    }

    @Test func `a line with bad syntax is rejected by itself`() throws {
        let good = #"{"time":1714564800000,"latitude":1,"longitude":2}"#
        let body = try read("\(good)\n\(good) x\n{\"latitude\":}\n\n  \n\(good)\n", as: .lines)
        #expect(body.points.count == 2)
        #expect(body.rejected.kept.map(\.index) == [1, 2])
        #expect(body.rejected.kept.map(\.pointer) == ["/1", "/2/latitude"])
        #expect(body.rejected.kept[1].reason.hasPrefix("byte 12 of the line: expected a value"))
    }

    @Test func `a byte order mark is passed over`() throws {
        #expect(try read("\u{feff}" + onePoint(#""x":1"#)).points.count == 1)
        let line = "\u{feff}" + #"{"time":1714564800000,"latitude":1,"longitude":2}"#
        #expect(try read(line, as: .lines).points.count == 1)
    }
}
