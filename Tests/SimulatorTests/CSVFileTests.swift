import Simulator
import Testing
import Trips

@Suite struct `Trips in CSV` {
    private static let header =
        "tripid,userid,name,trippointid,lat,lon,speed,recordedtimestamp,sequence,enginerpm,"
        + "shorttermfuelbank,longtermfuelbank,throttleposition,relativethrottleposition,runtime,"
        + "distancewithmil,engineload,mafflowrate,outsidetemperature,enginefuelrate"

    private func read(_ text: String) throws -> TripFile {
        try TripFile(name: "trip.csv", bytes: Array(text.utf8))
    }

    @Test func `MyDriving's dirt is read as it lies`() throws {
        let file = try read(
            "\u{feff}\(Self.header)\r\n"
                + "trip-1,user-1,,p1,47.6397198585748,-122.1302857409555,-255,"
                + "2018-03-14T00:00:01.1814810Z,28,800,-7,-255,32,-255,0,-255,-255,3,,20\r\n"
                + "\r\n\r\n"
                + "trip-1,user-1,,p2,47.6397198585749,-122.13028574,36,"
                + "2018-03-14T00:00:01.2076040Z,29,-3,-255,-255,-255,-255,-255,-255,-255,-255,,"
                + "-255,-255\r\n"
                + "trip-1,user-1,,p3,47.64,-122.13,2101,"
                + "2018-03-14T00:00:02Z,30,-255,-255,-255,-255,-255,-255,-255,-255,-255,,-255\r\n")
        let trip = try #require(file.trips.first)
        #expect(file.trips.count == 1)
        #expect(trip.id.rawValue == "trip-1")
        #expect(trip.user?.rawValue == "user-1")
        #expect(trip.name == nil)
        var first = Point(
            sequence: 28, timeMilliseconds: 1_520_985_601_181, latitudeE7: 476_397_199,
            longitudeE7: -1_221_302_857)
        first.engineCentiRpm = 80_000
        first.throttleCentipercent = 3_200
        first.massAirFlowCentigramsPerSecond = 300
        first.fuelRateCentilitersPerHour = 2_000
        #expect(trip.points[0] == first)
        #expect(trip.points[1].speedMetersPerHour == 36_000)
        #expect(trip.points[1].engineCentiRpm == Point.missing)
        #expect(trip.points[2].speedMetersPerHour == Point.missing)
        #expect(file.droppedReadings == ["engineRpm": 1, "speedMps": 1])
        #expect(file.problems.isEmpty)
    }

    @Test func `rows of several trips are sorted into their trips`() throws {
        let file = try read(
            """
            trip,timestamp,latitude,longitude,speed_kmh,true_acceleration_mps2
            a,2026-03-02T07:00:00.000Z,48.8823256,2.3964725,60,0.00
            b,2026-03-02T07:00:00.000Z,48.1,2.1,,0.00
            a,2026-03-02T07:00:01.000Z,48.8823537,2.3962464,61,0.14
            """)
        #expect(file.trips.map(\.id.rawValue) == ["a", "b"])
        #expect(file.trips[0].points.map(\.speedMetersPerHour) == [60_000, 61_000])
        #expect(file.trips[1].points.map(\.speedMetersPerHour) == [Point.missing])
        #expect(file.trips[0].points[1].sequence == Point.unnumbered)
    }

    @Test func `a bad row is named and the others are kept`() throws {
        let file = try read(
            """
            time,latitude,longitude,speed_mps,note
            1772434800000,1,2,10,"quoted, with ""quotes""
            and a line break"
            yesterday,1,2,10,x
            1772434801000,91,2,10,x
            1772434802000,1,,10,x
            1772434803000
            1772434804000,1,2,"10",x
            1772434805000,1,2,10,"no end
            1772434806000,1,2,10,x
            """)
        #expect(file.trips[0].points.map { $0.timeMilliseconds / 1000 % 10 } == [0, 4, 6])
        #expect(file.trips[0].points.map(\.speedMetersPerHour) == [36_000, 36_000, 36_000])
        #expect(
            file.problems.map(\.place) == [.line(4), .line(5), .line(6), .line(7), .line(9)])
        #expect(
            file.problems.map(\.cause) == [
                .time("yesterday"), .latitude("91"), .longitude(""), .fieldsMissing(1),
                .syntax("a quoted field does not end"),
            ])
        #expect(file.problemCount == 5)
        #expect("\(file.problems[1])".contains("trip.csv:5: latitude \"91\"; allowed: -90 to 90"))
    }

    @Test(arguments: [
        ("", FileProblem.Cause.nothingUsable),
        ("time,latitude,longitude\n", .nothingUsable),
        ("time,latitude,longitude\nnever,1,2\n", .time("never")),
        ("time,lat,longitude\n1,2,3\n", .columnsMissing(["latitude"])),
        ("hello\n", .columnsMissing(["timestamp", "latitude", "longitude"])),
        ("trip,time,latitude,longitude\na b,1772434800000,1,2\n", .tripID("a b")),
    ])
    func `a file without a usable row is refused`(text: String, cause: FileProblem.Cause) {
        let problem = #expect(throws: FileProblem.self) { try read(text) }
        #expect(problem?.cause == cause)
    }

    @Test(arguments: [
        ("2026-03-02T07:00:00.250Z", 1_772_434_800_250),
        ("2026-03-02T07:00:00.2509999Z", 1_772_434_800_250),
        ("2026-03-02t08:30:00.25+01:30", 1_772_434_800_250),
        ("2026-03-01T23:00:00-08:00", 1_772_434_800_000),
        ("2024-02-29T23:59:60Z", 1_709_251_200_000),
        ("1772434800250", 1_772_434_800_250),
        ("2000-01-01T00:00:00Z", 946_684_800_000),
    ])
    func `times are read in every spelling`(text: String, milliseconds: Int64) throws {
        let file = try read("time,latitude,longitude\n\(text),1,2\n")
        #expect(file.trips[0].points[0].timeMilliseconds == milliseconds)
    }

    @Test(arguments: [
        "2026-03-02T07:00:00", "2026-02-29T07:00:00Z", "2026-03-02T24:00:00Z",
        "2026-03-02T07:00:00.Z", "1999-12-31T23:59:59Z", "2026-03-02", "99999999999999999999",
        "2026-03-02T07:00:00Zulu", "-1772434800250",
    ])
    func `what is no time is refused`(text: String) {
        let problem = #expect(throws: FileProblem.self) {
            try read("time,latitude,longitude\n\(text),1,2\n")
        }
        #expect(problem?.cause == .time(text))
    }

    @Test(arguments: [
        ("0.00000005", Int32(1)), ("-0.00000005", -1), ("0.00000004999999999999999999", 0),
        ("89.99999999", 900_000_000), ("1e1", 100_000_000), ("+4.5E-1", 4_500_000),
        ("1e-400", 0), ("47.6397198585748", 476_397_199), ("00.5", 5_000_000),
    ])
    func `halves round away from zero`(text: String, latitudeE7: Int32) throws {
        let file = try read("time,latitude,longitude\n1772434800000,\(text),2\n")
        #expect(file.trips[0].points[0].latitudeE7 == latitudeE7)
    }

    @Test func `the id is made of the content and not of its order`() throws {
        let rows = (0..<50).map { "\(1_772_434_800_000 + $0 * 1000),48.\($0),2" }
        let header = "time,latitude,longitude\n"
        let one = try read(header + rows.joined(separator: "\n")).trips[0]
        let other = try read(header + (rows + rows).shuffled().joined(separator: "\r\n")).trips[0]
        var another = one
        another.points[7].latitudeE7 += 1
        #expect(one.id == other.id)
        #expect(one.id != another.id)
        #expect(one.id.rawValue.count == 39 && one.id.rawValue.hasPrefix("import-"))
        var owned = one
        owned.user = UserID("somebody")
        #expect(owned.id != one.id)
    }
}
