import Simulator
import Testing
import Trips

@Suite struct `Trips in JSON and GPX` {
    private func read(_ text: String) throws -> TripFile {
        try TripFile(name: "trip", bytes: Array(text.utf8))
    }

    @Test func `MyDriving's sample JSON is read`() throws {
        let file = try read(
            """
            [{"Name": "Trip \\u0031\\ud83d\\ude97", "UserId": "u1", "Points": [
              {"RecordedTimeStamp": "2016-03-01T10:00:00.5", "Latitude": 47.1, "Longitude": -122.25,
               "Speed": -255, "Sequence": 3, "RPM": 900.5, "MassFlowRate": 700, "VIN": null},
              {"RecordedTimeStamp": "2016-03-01T10:00:01Z", "Latitude": "47.2", "Longitude": -122.3,
               "Speed": 50.5, "Sequence": 4},
              {"RecordedTimeStamp": "2016-03-01T10:00:02Z", "Longitude": -122.3, "Sequence": 5}
            ]}, {"Points": []}, 7]
            """)
        let trip = try #require(file.trips.first)
        #expect(file.trips.count == 1)
        #expect(trip.name == "Trip 1🚗")
        #expect(trip.user == UserID("u1"))
        #expect(trip.points.map(\.sequence) == [3, 4])
        #expect(trip.points[0].timeMilliseconds == 1_456_826_400_500)
        #expect(trip.points[0].engineCentiRpm == 90_050)
        #expect(trip.points.map(\.speedMetersPerHour) == [Point.missing, 50_500])
        #expect(file.droppedReadings == ["massAirFlowGramsPerSecond": 1])
        #expect(file.problems.map(\.place) == [.pointer("/0/Points/2"), .pointer("/2")])
        #expect(file.problems.first?.cause == .latitude(""))
    }

    @Test(arguments: [
        "{", "{\"points\": [}", "[1 2]", "{\"points\": [{\"time\": 01}]}", "{\"a\": \"\\q\"}",
        String(repeating: "[", count: 100_000), "{\"points\": [{\"time\": 1e}]}", "{} {}",
        "{\"points\": \"\u{1}\"}", "{\"points\": []}", "[]", "{\"a\": \"\\ud800\"}",
    ])
    func `what is no trip in JSON is refused`(text: String) {
        #expect(throws: FileProblem.self) { try read(text) }
    }

    @Test func `what uploads hold is read to the bit`() throws {
        var generator = SeededGenerator(seed: 11)
        let points = (0..<2_000).map { _ in Point.any(using: &generator) }
        let body = PointJSON.body(
            user: UserID("a \"quoted\" user"), name: "line ü", vin: "VIN1", points: points)
        let trip = try TripFile(name: "body", bytes: body).trips[0]
        #expect(trip.points == points)
        #expect(trip.user?.rawValue == "a \"quoted\" user")
        #expect(trip.name == "line ü")
        #expect(trip.vin == "VIN1")
    }

    @Test func `every speed survives as metres a second, also through binary fractions`() throws {
        for speed in stride(from: Int32(0), through: 500_000, by: 7) {
            var text: [UInt8] = []
            var point = Point(timeMilliseconds: 1_772_434_800_000, latitudeE7: 0, longitudeE7: 0)
            point.speedMetersPerHour = speed
            PointJSON.append(point, to: &text)
            let marker = "\"speedMps\":"
            let string = String(decoding: text, as: UTF8.self)
            let start = try #require(string.firstRange(of: marker)).upperBound
            let number = try #require(Double(string[start...].dropLast()))
            if (number * 3_600).rounded(.toNearestOrAwayFromZero) != Double(speed) {
                Issue.record("\(speed) m/h is written as \(number) m/s")
            }
        }
    }

    @Test func `GPX tracks are trips with their segments joined`() throws {
        let file = try read(
            """
            <?xml version="1.0"?>
            <!-- made by hand -->
            <gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="urn:x">
              <metadata><name>ignored</name></metadata>
              <wpt lat="1" lon="2"><name>ignored too</name></wpt>
              <trk><name>Home &amp; <![CDATA[<back>]]></name>
                <trkseg>
                  <trkpt lat="47.5" lon='-122.5'><ele>12.345</ele><time>2026-03-02T07:00:00Z</time>
                    <name>inner</name>
                    <extensions><x:TrackPointExtension><x:speed>10.5</x:speed><x:course>90</x:course>
                    </x:TrackPointExtension></extensions></trkpt>
                  <trkpt lat="47.6" lon="-122.5"/>
                </trkseg>
                <trkseg><trkpt lon="-122.6" lat="47.7"><time>2026-03-02T07:00:02Z</time></trkpt>
                </trkseg>
              </trk>
              <trk><trkseg/></trk>
            </gpx>
            """)
        let trip = try #require(file.trips.first)
        #expect(file.trips.count == 1)
        #expect(trip.name == "Home & <back>")
        #expect(trip.points.map(\.latitudeE7) == [475_000_000, 477_000_000])
        #expect(trip.points[0].altitudeCentimeters == 1_235)
        #expect(trip.points[0].speedMetersPerHour == 37_800)
        #expect(trip.points[0].headingCentidegrees == 9_000)
        #expect(file.problems.map(\.place) == [.line(12)])
        #expect(file.problems.map(\.cause) == [.time("")])
    }

    @Test(arguments: [
        "<!DOCTYPE gpx [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><gpx>&x;</gpx>",
        "<gpx><trk>", "<gpx></trk>", "<kml></kml>", "<gpx>&unknown;</gpx>", "<gpx a=b></gpx>",
        "<", "<gpx", "<gpx></gpx>", String(repeating: "<a>", count: 100_000),
    ])
    func `what is no track in GPX is refused`(text: String) {
        #expect(throws: FileProblem.self) { try read(text) }
    }

    @Test func `a file that is not there is named`() {
        let problem = #expect(throws: FileProblem.self) {
            try TripFile.read(path: "/nowhere/at/all.csv")
        }
        #expect(problem?.file == "/nowhere/at/all.csv")
    }
}
