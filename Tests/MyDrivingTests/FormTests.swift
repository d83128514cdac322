import Foundation
import HTTPTypes
import Testing
import Trips
import Web

@testable import MyDriving

private let latest: Int64 = 1_800_000_000_000

/// A point's body, with some members changed or, where nil, left out.
private func pointBody(_ changes: [String: String?] = [:]) throws -> JSONTree {
    var members: [String: String] = [
        "Latitude": "47.6397198585748", "Longitude": "-122.1302857409555", "Speed": "57.3",
        "RecordedTimeStamp": "\"2018-05-24T10:00:15.003Z\"", "Sequence": "2", "RPM": "-255",
    ]
    for (name, value) in changes {
        if let value { members[name] = value } else { members[name] = nil }
    }
    let body = members.map { "\"\($0)\": \($1)" }.joined(separator: ",")
    return try JSONTree(Array("{\(body)}".utf8))
}

/// The pointer of the problem that a body leads to.
private func pointer(_ changes: [String: String?]) throws -> String? {
    let tree = try pointBody(changes)
    let problem = #expect(throws: Problem.self) { _ = try PointForm(tree, latest: latest) }
    #expect(problem?.status == .unprocessableContent)
    return problem?.pointer
}

/// A point as a client gets it back.
private func echo(_ form: PointForm) throws -> [String: Any] {
    let trip = try #require(TripID("t"))
    let view = PointView(form, of: trip, PointIDs(of: trip), now: 0)
    let object = try JSONSerialization.jsonObject(with: Data(view.json.bytes))
    return try #require(object as? [String: Any])
}

@Suite struct PointFormTests {
    @Test func `every speed in tenths and hundredths of km/h comes back as the same number`()
        throws
    {
        for hundredths in stride(from: 0, through: 50_000, by: 7) {
            let text = String(format: "%.2f", Double(hundredths) / 100)
            let back = try echo(PointForm(pointBody(["Speed": text]), latest: latest))
            #expect(back["Speed"] as? Double == Double(text))
        }
    }

    @Test(
        "-255, null and nothing are a missing reading, and come back as -255",
        arguments: [
            "Speed", "RPM", "ShortTermFuelBank", "LongTermFuelBank", "ThrottlePosition",
            "RelativeThrottlePosition", "Runtime", "DistanceWithMalfunctionLight", "EngineLoad",
            "MassFlowRate", "EngineFuelRate", "Sequence",
        ])
    func missing(name: String) throws {
        for value in ["-255", "-255.0", "null", nil] as [String?] {
            let back = try echo(PointForm(pointBody([name: value]), latest: latest))
            #expect(back[name] as? Double == -255, "\(name) \(value ?? "left out")")
        }
    }

    @Test func `a reading that is out of range is dropped and named`() throws {
        let form = try PointForm(
            pointBody(["speed": "2101", "Speed": nil, "RPM": "1e99"]), latest: latest)
        #expect(form.point.speedMetersPerHour == Point.missing)
        #expect(form.point.engineCentiRpm == Point.missing)
        #expect(Set(form.warnings.map(\.pointer)) == ["/speed", "/RPM"])
        #expect((try echo(form)["Warnings"] as? [Any])?.count == 2)
    }

    @Test func `names are read in any case, and a VIN in both forms`() throws {
        let form = try PointForm(
            pointBody([
                "Latitude": nil, "latitude": "1", "VIN": "{\"String\": \"ABC\", \"Valid\": true}",
            ]), latest: latest)
        #expect(form.point.latitudeE7 == 10_000_000)
        #expect(form.facts.vin == "ABC")
        #expect(try PointForm(pointBody(["VIN": "\"DEF\""]), latest: latest).facts.vin == "DEF")
        let none = try PointForm(
            pointBody(["VIN": "{\"String\": \"ABC\", \"Valid\": false}"]), latest: latest)
        #expect(none.facts.vin == "")
    }

    @Test(
        "what is missing or not allowed is pointed to",
        arguments: [
            ("Latitude", nil, "/Latitude"), ("Latitude", "90.00000006", "/Latitude"),
            ("Longitude", "\"x\"", "/Longitude"), ("Longitude", nil, "/Longitude"),
            ("RecordedTimeStamp", nil, "/RecordedTimeStamp"),
            ("RecordedTimeStamp", "\"0001-01-01T00:00:00Z\"", "/RecordedTimeStamp"),
            ("RecordedTimeStamp", "\"1999-12-31T23:59:59Z\"", "/RecordedTimeStamp"),
            ("RecordedTimeStamp", "\"2999-12-31T23:59:59Z\"", "/RecordedTimeStamp"),
            ("RecordedTimeStamp", "1", "/RecordedTimeStamp"), ("Sequence", "-1", "/Sequence"),
            ("Sequence", "1.5", "/Sequence"), ("Speed", "\"fast\"", "/Speed"),
            ("Runtime", "1e400", "/Runtime"), ("HasOBDData", "1", "/HasOBDData"),
            ("VIN", "7", "/VIN"), ("VIN", "{\"String\": 7}", "/VIN/String"),
        ] as [(String, String?, String)])
    func refused(name: String, value: String?, expected: String) throws {
        #expect(try pointer([name: value]) == expected)
    }

    @Test func `a time without an offset is UTC, with ticks as .NET writes them`() throws {
        for text in ["2018-05-24T10:00:15.0030012", "2018-05-24T12:00:15.003+02:00"] {
            let form = try PointForm(
                pointBody(["RecordedTimeStamp": "\"\(text)\""]), latest: latest)
            #expect(form.point.timeMilliseconds == 1_527_156_015_003)
        }
    }

    @Test func `a change merges what it names and keeps the point's identity`() throws {
        let whole = try PointForm(pointBody(["Runtime": "3"]), latest: latest)
        let change = try PointForm(
            JSONTree(Array(#"{"Speed": -255, "Runtime": -255, "Sequence": 2}"#.utf8)),
            changing: whole.point, latest: latest)
        var expected = whole.point
        expected.speedMetersPerHour = Point.missing
        #expect(change.point == expected)
        #expect(change.facts.runtime == -255)
        let other = try JSONTree(Array(#"{"Sequence": 3}"#.utf8))
        let problem = #expect(throws: Problem.self) {
            _ = try PointForm(other, changing: whole.point, latest: latest)
        }
        #expect(problem?.pointer == "/Sequence")
    }
}

@Suite struct IdentityTests {
    @Test func `a point's id holds its identity, and no two trips share one`() throws {
        var seen: Set<String> = []
        for name in ["a", "b", "A", UUID().uuidString] {
            let ids = PointIDs(of: try #require(TripID(name)))
            let other = PointIDs(of: try #require(TripID(name + "x")))
            let keys: [PointKey] =
                [0, 1, 2_000, 9_007_199_254_740_991].map { .sequence($0) }
                + [946_684_800_000, 7_258_118_400_000].map { .time($0) }
            for key in keys {
                let id = ids.id(of: key)
                #expect(UUID(uuidString: id) != nil)
                #expect(id == id.lowercased())
                #expect(seen.insert(id).inserted)
                #expect(ids.key(of: id) == key)
                #expect(ids.key(of: id.uppercased()) == key)
                #expect(other.key(of: id) == nil)
            }
        }
    }

    @Test(arguments: ["", "x", "00000000-0000-8000-8000-000000000000", "é", "\u{0}"])
    func `what is no id names no point`(text: String) throws {
        #expect(PointIDs(of: try #require(TripID("a"))).key(of: text) == nil)
    }

    @Test func `an id that follows from names is a UUID that nothing else has`() {
        let ids = [
            DerivedID.uuid("trip", "a", "k"), DerivedID.uuid("trip", "b", "k"),
            DerivedID.uuid("trip", "a", "l"), DerivedID.uuid("poi", "a", "k"),
            DerivedID.uuid("trip", "ak", ""), DerivedID.uuid("trip", "ak"),
        ]
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { UUID(uuidString: $0) != nil && $0.dropFirst(14).hasPrefix("8") })
        #expect(DerivedID.uuid("trip", "a", "k") == ids[0])
    }
}

@Suite struct OtherFormTests {
    static func tree(_ text: String) throws -> JSONTree { try JSONTree(Array(text.utf8)) }

    @Test func `a trip keeps what only a client can know, and nothing that is computed`() throws {
        let form = try TripForm(
            Self.tree(
                """
                {"Id": null, "name": "n", "UserId": "", "Rating": "what", "Distance": {},
                 "RecordedTimeStamp": "2018-04-19T19:08:16.03Z", "EndTimeStamp": "",
                 "FuelUsed": 10.27193484, "HasSimulatedOBDData": true, "IsComplete": false}
                """), latest: latest)
        #expect(form.id == nil && form.user == nil && form.name == "n")
        #expect(form.isComplete == false)
        #expect(form.facts.recordedMilliseconds == 1_524_164_896_030)
        #expect(form.facts.endMilliseconds == nil)
        #expect(form.facts.fuelUsedGallons == 10.27193484)
        #expect(form.facts.hasSimulatedOBDData == true)
        for (body, pointer) in [
            (#"{"Id": "a b"}"#, "/Id"), (#"{"Name": 1}"#, "/Name"), ("[]", ""),
            (#"{"IsComplete": "yes"}"#, "/IsComplete"), (#"{"UserId": "\u0000"}"#, "/UserId"),
        ] {
            let tree = try Self.tree(body)
            let problem = #expect(throws: Problem.self) { _ = try TripForm(tree, latest: latest) }
            #expect(problem?.pointer == pointer, "\(body)")
        }
    }

    @Test func `a point of interest says where and what, and when if it knows`() throws {
        let body = #"{"tripId": "t", "latitude": 35.6262904, "longitude": -1, "poiType": 2}"#
        let form = try PlaceForm(Self.tree(body), now: 7, latest: latest)
        #expect(form.trip.rawValue == "t" && form.kind == 2 && form.latitudeE7 == 356_262_904)
        #expect(form.longitudeE7 == -10_000_000 && form.timeMilliseconds == 7)
        for (body, pointer) in [
            (#"{"latitude": 1, "longitude": 1, "poiType": 1}"#, "/tripId"),
            (#"{"tripId": "t", "longitude": 1, "poiType": 1}"#, "/latitude"),
            (#"{"tripId": "t", "latitude": 91, "longitude": 1, "poiType": 1}"#, "/latitude"),
            (#"{"tripId": "t", "latitude": 1, "longitude": 1}"#, "/poiType"),
            (#"{"tripId": "t", "latitude": 1, "longitude": 1, "poiType": 1.5}"#, "/poiType"),
            (#"{"tripId": "t", "latitude": 1, "longitude": 1, "poiType": 0}"#, "/poiType"),
        ] {
            let tree = try Self.tree(body)
            let problem = #expect(throws: Problem.self) {
                _ = try PlaceForm(tree, now: 0, latest: latest)
            }
            #expect(problem?.pointer == pointer, "\(body)")
        }
    }

    @Test func `a name has so many characters, not bytes`() throws {
        let name = String(repeating: "é", count: 50)
        #expect(try ProfileForm(Self.tree(#"{"FirstName": "\#(name)"}"#)).firstName == name)
        let long = try Self.tree(#"{"firstName": "\#(name)x"}"#)
        #expect(throws: Problem.self) { _ = try ProfileForm(long) }
    }
}
